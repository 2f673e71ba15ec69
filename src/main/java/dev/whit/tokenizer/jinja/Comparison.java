package dev.whit.tokenizer.jinja;

import dev.whit.tokenizer.jinja.Value.Num;
import dev.whit.tokenizer.jinja.Value.Str;
import dev.whit.tokenizer.jinja.Value.Undefined;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;

/** Python's comparison operators. */
final class Comparison {
  /** A comparison operator. */
  enum Operator {
    EQUAL("=="),
    NOT_EQUAL("!="),
    LESS("<"),
    LESS_EQUAL("<="),
    GREATER(">"),
    GREATER_EQUAL(">="),
    IN("in"),
    NOT_IN("not in");

    private final String symbol;

    Operator(String symbol) {
      this.symbol = symbol;
    }
  }

  private Comparison() {}

  static boolean holds(Operator operator, Value left, Value right, Budget budget) {
    return switch (operator) {
      case EQUAL -> equal(left, right, budget);
      case NOT_EQUAL -> !equal(left, right, budget);
      case IN -> contains(right, left, budget);
      case NOT_IN -> !contains(right, left, budget);
      case LESS, LESS_EQUAL, GREATER, GREATER_EQUAL -> ordered(operator, left, right, budget);
    };
  }

  static boolean equal(Value left, Value right, Budget budget) {
    budget.spend(Math.min(left.weight(), right.weight()));
    return left.equals(right);
  }

  /** Ascending order; throws for what Python does not order. */
  static Comparator<Value> ascending(Budget budget) {
    return (a, b) -> compare(Operator.LESS, a, b, budget);
  }

  private static boolean ordered(Operator operator, Value left, Value right, Budget budget) {
    if (left instanceof Num a && right instanceof Num b && (Num.isNaN(a) || Num.isNaN(b))) {
      return false;
    }
    int order = compare(operator, left, right, budget);
    return switch (operator) {
      case LESS -> order < 0;
      case LESS_EQUAL -> order <= 0;
      case GREATER -> order > 0;
      case GREATER_EQUAL -> order >= 0;
      case EQUAL, NOT_EQUAL, IN, NOT_IN -> throw new IllegalStateException(operator.symbol);
    };
  }

  private static int compare(Operator operator, Value left, Value right, Budget budget) {
    budget.spend(Math.min(left.weight(), right.weight()));
    if (left instanceof Num a && right instanceof Num b) {
      return Num.isNaN(a) || Num.isNaN(b) // sorted last, so that sorting has a total order
          ? Boolean.compare(Num.isNaN(a), Num.isNaN(b))
          : Num.compare(a, b);
    }
    if (left instanceof Str a && right instanceof Str b) {
      return a.compareTo(b);
    }
    if (left instanceof Sequence a && right instanceof Sequence b && a.getClass() == b.getClass()) {
      return lexicographic(operator, a.items(), b.items(), budget);
    }
    if (left instanceof Undefined missing) {
      throw missing.failure();
    }
    if (right instanceof Undefined missing) {
      throw missing.failure();
    }
    throw new EvaluationException(
        "'%s' not supported between instances of '%s' and '%s'"
            .formatted(operator.symbol, Types.name(left), Types.name(right)));
  }

  private static int lexicographic(
      Operator operator, List<Value> left, List<Value> right, Budget budget) {
    int common = Math.min(left.size(), right.size());
    for (int i = 0; i < common; i++) {
      if (!left.get(i).equals(right.get(i))) {
        return compare(operator, left.get(i), right.get(i), budget);
      }
    }
    return Integer.compare(left.size(), right.size());
  }

  private static boolean contains(Value container, Value item, Budget budget) {
    budget.spend(container.weight());
    if (container instanceof Str(String text)) {
      if (item instanceof Str(String part)) {
        return Text.find(text, part, 0) >= 0;
      }
      throw new EvaluationException(
          "'in <string>' requires string as left operand, not " + Types.name(item));
    }
    if (container instanceof Dict dict) {
      return dict.get(item) != null;
    }
    if (!Iteration.isIterable(container)) {
      throw new EvaluationException(
          "argument of type '" + Types.name(container) + "' is not iterable");
    }
    Iterator<Value> items = Iteration.iterator(container, budget);
    while (items.hasNext()) {
      budget.elements(1);
      if (items.next().equals(item)) {
        return true;
      }
    }
    return false;
  }
}
