package dev.whit.tokenizer.jinja;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An expression. */
sealed interface Expr {
  record Literal(Value value) implements Expr {}

  record Name(String name) implements Expr {}

  record ListLiteral(List<Expr> items) implements Expr {}

  record TupleLiteral(List<Expr> items) implements Expr {}

  record DictLiteral(List<Pair> pairs) implements Expr {}

  /** {@code target.name}. */
  record Attribute(Expr target, String name) implements Expr {}

  /** {@code target[key]}. */
  record Item(Expr target, Expr key) implements Expr {}

  /** {@code target[start:stop:step]}. */
  record Slice(Expr target, @Nullable Expr start, @Nullable Expr stop, @Nullable Expr step)
      implements Expr {}

  record Call(Expr target, CallArguments arguments) implements Expr {}

  /** {@code input | name(arguments)}. */
  record Filtered(Expr input, FilterCall filter) implements Expr {}

  /** {@code value is name(arguments)}. */
  record Test(Expr value, String name, CallArguments arguments) implements Expr {}

  /** {@code then if condition else otherwise}. */
  record Conditional(Expr condition, Expr then, @Nullable Expr otherwise) implements Expr {}

  record And(Expr left, Expr right) implements Expr {}

  record Or(Expr left, Expr right) implements Expr {}

  record Not(Expr operand) implements Expr {}

  record Negate(Expr operand) implements Expr {}

  record Plus(Expr operand) implements Expr {}

  record Binary(Arithmetic.Operator operator, Expr left, Expr right) implements Expr {}

  /** {@code first < second <= third}, each holding for neighbours. */
  record Compare(Expr first, List<Comparand> rest) implements Expr {}

  /** {@code a ~ b ~ c}. */
  record Concat(List<Expr> parts) implements Expr {}

  record Comparand(Comparison.Operator operator, Expr operand) {}

  record Pair(Expr key, Expr value) {}

  record FilterCall(String name, CallArguments arguments) {}

  record Keyword(String name, Expr value) {}

  /** {@code (positional, name=value, *spread, **spreadNamed)}. */
  record CallArguments(
      List<Expr> positional,
      List<Keyword> named,
      @Nullable Expr spread,
      @Nullable Expr spreadNamed) {
    static final CallArguments NONE = new CallArguments(List.of(), List.of(), null, null);
  }
}
