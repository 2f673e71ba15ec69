package dev.whit.tokenizer.jinja;

import dev.whit.tokenizer.jinja.Expr.CallArguments;
import dev.whit.tokenizer.jinja.Expr.Comparand;
import dev.whit.tokenizer.jinja.Expr.Keyword;
import dev.whit.tokenizer.jinja.Expr.Pair;
import dev.whit.tokenizer.jinja.Sequence.ListValue;
import dev.whit.tokenizer.jinja.Sequence.Tuple;
import dev.whit.tokenizer.jinja.Value.Bool;
import dev.whit.tokenizer.jinja.Value.Function;
import dev.whit.tokenizer.jinja.Value.None;
import dev.whit.tokenizer.jinja.Value.Str;
import dev.whit.tokenizer.jinja.Value.Undefined;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** Evaluates expressions within one rendering. */
final class ExpressionEvaluator {
  private final Budget budget;

  ExpressionEvaluator(Budget budget) {
    this.budget = budget;
  }

  Value evaluate(Expr expression, Scope scope) {
    budget.enter();
    Value value =
        switch (expression) {
          case Expr.Literal literal -> literal.value();
          case Expr.Name name -> scope.get(name.name());
          case Expr.ListLiteral list -> new ListValue(all(list.items(), scope));
          case Expr.TupleLiteral tuple -> new Tuple(all(tuple.items(), scope));
          case Expr.DictLiteral dict -> dict(dict.pairs(), scope);
          case Expr.Attribute attribute ->
              Subscript.attribute(evaluate(attribute.target(), scope), attribute.name(), budget);
          case Expr.Item item ->
              Subscript.item(evaluate(item.target(), scope), evaluate(item.key(), scope), budget);
          case Expr.Slice slice -> slice(slice, scope);
          case Expr.Call call ->
              call(evaluate(call.target(), scope), arguments(call.arguments(), scope));
          case Expr.Filtered filtered ->
              filter(filtered.filter(), evaluate(filtered.input(), scope), scope);
          case Expr.Test test -> test(test, scope);
          case Expr.Conditional conditional -> conditional(conditional, scope);
          case Expr.And and -> {
            Value left = evaluate(and.left(), scope);
            yield Types.truthy(left) ? evaluate(and.right(), scope) : left;
          }
          case Expr.Or or -> {
            Value left = evaluate(or.left(), scope);
            yield Types.truthy(left) ? left : evaluate(or.right(), scope);
          }
          case Expr.Not not -> Bool.of(!isTrue(not.operand(), scope));
          case Expr.Negate negate -> Arithmetic.negate(evaluate(negate.operand(), scope));
          case Expr.Plus plus -> Arithmetic.plus(evaluate(plus.operand(), scope));
          case Expr.Binary binary ->
              Arithmetic.apply(
                  binary.operator(),
                  evaluate(binary.left(), scope),
                  evaluate(binary.right(), scope),
                  budget);
          case Expr.Compare compare -> compare(compare, scope);
          case Expr.Concat concat -> Filters.join(all(concat.parts(), scope), "", budget);
        };
    budget.leave();
    return value;
  }

  boolean isTrue(Expr condition, Scope scope) {
    return Types.truthy(evaluate(condition, scope));
  }

  Value filter(Expr.FilterCall filter, Value input, Scope scope) {
    return Filters.apply(filter.name(), input, arguments(filter.arguments(), scope), budget);
  }

  Value call(Value target, Arguments arguments) {
    Function function =
        switch (target) {
          case Function callable -> callable;
          case Loop loop -> loop.recurse();
          case Undefined missing -> throw missing.failure();
          default ->
              throw new EvaluationException("'" + Types.name(target) + "' object is not callable");
        };
    budget.enter();
    Value result = function.body().call(arguments);
    budget.leave();
    return result;
  }

  Arguments arguments(CallArguments call, Scope scope) {
    List<Value> positional = all(call.positional(), scope);
    if (call.spread() != null) {
      positional.addAll(Iteration.list(evaluate(call.spread(), scope), budget));
    }
    Map<String, Value> named = new LinkedHashMap<>();
    for (Keyword keyword : call.named()) {
      named.put(keyword.name(), evaluate(keyword.value(), scope));
    }
    if (call.spreadNamed() != null) {
      spread(evaluate(call.spreadNamed(), scope), named);
    }
    return new Arguments(positional, named);
  }

  private void spread(Value arguments, Map<String, Value> named) {
    if (!(arguments instanceof Dict dict)) {
      throw new EvaluationException("argument after ** must be a mapping");
    }
    budget.elements(dict.entries().size());
    dict.entries()
        .forEach((key, value) -> {
          if (!(key instanceof Str(String name))) {
            throw new EvaluationException("keywords must be strings");
          }
          if (named.put(name, value) != null) {
            throw new EvaluationException(
                "got multiple values for keyword argument '" + name + "'");
          }
        });
  }

  private List<Value> all(List<Expr> expressions, Scope scope) {
    List<Value> values = new ArrayList<>(expressions.size());
    for (Expr expression : expressions) {
      values.add(evaluate(expression, scope));
    }
    return values;
  }

  private Value dict(List<Pair> pairs, Scope scope) {
    SequencedMap<Value, Value> entries = new LinkedHashMap<>();
    for (Pair pair : pairs) {
      entries.put(Dict.hashable(evaluate(pair.key(), scope)), evaluate(pair.value(), scope));
    }
    return new Dict(entries);
  }

  private Value slice(Expr.Slice slice, Scope scope) {
    return Subscript.slice(
        evaluate(slice.target(), scope),
        bound(slice.start(), scope),
        bound(slice.stop(), scope),
        bound(slice.step(), scope),
        budget);
  }

  private Value bound(@Nullable Expr bound, Scope scope) {
    return bound == null ? None.NONE : evaluate(bound, scope);
  }

  private Value test(Expr.Test test, Scope scope) {
    Value value = evaluate(test.value(), scope);
    return Bool.of(Tests.passes(test.name(), value, arguments(test.arguments(), scope), budget));
  }

  private Value conditional(Expr.Conditional conditional, Scope scope) {
    if (isTrue(conditional.condition(), scope)) {
      return evaluate(conditional.then(), scope);
    }
    Expr otherwise = conditional.otherwise();
    return otherwise != null
        ? evaluate(otherwise, scope)
        : new Undefined("the inline if-expression evaluated to false and no else was given");
  }

  private Value compare(Expr.Compare compare, Scope scope) {
    Value left = evaluate(compare.first(), scope);
    for (Comparand comparand : compare.rest()) {
      Value right = evaluate(comparand.operand(), scope);
      if (!Comparison.holds(comparand.operator(), left, right, budget)) {
        return Bool.FALSE;
      }
      left = right;
    }
    return Bool.TRUE;
  }
}
