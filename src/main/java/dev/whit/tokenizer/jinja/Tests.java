package dev.whit.tokenizer.jinja;

import static java.util.Map.entry;

import dev.whit.tokenizer.jinja.Arithmetic.Operator;
import dev.whit.tokenizer.jinja.Value.Bool;
import dev.whit.tokenizer.jinja.Value.Function;
import dev.whit.tokenizer.jinja.Value.Int;
import dev.whit.tokenizer.jinja.Value.None;
import dev.whit.tokenizer.jinja.Value.Num;
import dev.whit.tokenizer.jinja.Value.Range;
import dev.whit.tokenizer.jinja.Value.Real;
import dev.whit.tokenizer.jinja.Value.Str;
import dev.whit.tokenizer.jinja.Value.Undefined;
import java.util.Map;
import java.util.function.Predicate;

/** The tests by name: what {@code value is name} holds for. */
final class Tests {
  @FunctionalInterface
  private interface Test {
    boolean passes(Value value, Arguments arguments, Budget budget);
  }

  private static final Map<String, Test> TESTS =
      Map.ofEntries(
          entry("boolean", is(Bool.class::isInstance)),
          entry("callable", is(Tests::isCallable)),
          entry("defined", is(value -> !(value instanceof Undefined))),
          entry("divisibleby", (v, arguments, budget) -> leaves(0, v, other(arguments), budget)),
          entry("even", (value, _, budget) -> leaves(0, value, Int.of(2), budget)),
          entry("false", is(value -> value instanceof Bool(boolean bool) && !bool)),
          entry("float", is(Real.class::isInstance)),
          entry("integer", is(Int.class::isInstance)),
          entry("iterable", is(Iteration::isIterable)),
          entry("lower", (v, _, budget) -> StringMethods.isLower(Repr.str(v, budget))),
          entry("mapping", is(Dict.class::isInstance)),
          entry("none", is(value -> value == None.NONE)),
          entry("number", is(Num.class::isInstance)),
          entry("odd", (value, _, budget) -> leaves(1, value, Int.of(2), budget)),
          entry("sameas", (value, arguments, _) -> isSame(value, other(arguments))),
          entry("sequence", is(Tests::isSequence)),
          entry("string", is(Str.class::isInstance)),
          entry("true", is(value -> value instanceof Bool(boolean bool) && bool)),
          entry("undefined", is(Undefined.class::isInstance)),
          entry("upper", (v, _, budget) -> StringMethods.isUpper(Repr.str(v, budget))),
          entry("in", comparison(Comparison.Operator.IN)),
          entry("==", comparison(Comparison.Operator.EQUAL)),
          entry("eq", comparison(Comparison.Operator.EQUAL)),
          entry("equalto", comparison(Comparison.Operator.EQUAL)),
          entry("!=", comparison(Comparison.Operator.NOT_EQUAL)),
          entry("ne", comparison(Comparison.Operator.NOT_EQUAL)),
          entry("<", comparison(Comparison.Operator.LESS)),
          entry("lt", comparison(Comparison.Operator.LESS)),
          entry("lessthan", comparison(Comparison.Operator.LESS)),
          entry("<=", comparison(Comparison.Operator.LESS_EQUAL)),
          entry("le", comparison(Comparison.Operator.LESS_EQUAL)),
          entry(">", comparison(Comparison.Operator.GREATER)),
          entry("gt", comparison(Comparison.Operator.GREATER)),
          entry("greaterthan", comparison(Comparison.Operator.GREATER)),
          entry(">=", comparison(Comparison.Operator.GREATER_EQUAL)),
          entry("ge", comparison(Comparison.Operator.GREATER_EQUAL)));

  private Tests() {}

  /** Whether a value passes the test of that name. */
  static boolean passes(String name, Value value, Arguments arguments, Budget budget) {
    Test test = TESTS.get(name);
    if (test == null) {
      throw new EvaluationException("No test named '" + name + "'.");
    }
    return test.passes(value, arguments, budget);
  }

  private static Test is(Predicate<Value> predicate) {
    return (value, arguments, _) -> {
      arguments.bind("test");
      return predicate.test(value);
    };
  }

  private static Test comparison(Comparison.Operator operator) {
    return (value, arguments, budget) ->
        Comparison.holds(operator, value, other(arguments), budget);
  }

  private static Value other(Arguments arguments) {
    return arguments.bind("test", "other").required("other");
  }

  private static boolean leaves(long remainder, Value value, Value divisor, Budget budget) {
    return Arithmetic.apply(Operator.MODULO, value, divisor, budget).equals(Int.of(remainder));
  }

  /** As in Jinja, what is undefined has a call operator too: one that raises. */
  private static boolean isCallable(Value value) {
    return value instanceof Function || value instanceof Loop || value instanceof Undefined;
  }

  private static boolean isSequence(Value value) {
    return switch (value) {
      case Undefined _, Str _, Sequence _, Dict _, Range _ -> true;
      default -> false;
    };
  }

  /** Identity; small values that are equal and of one type are one object in Python. */
  @SuppressWarnings("ReferenceEquality") // identity is what is asked
  private static boolean isSame(Value value, Value other) {
    return value == other
        || (value.getClass() == other.getClass()
            && (value instanceof Num || value instanceof Str)
            && value.equals(other));
  }
}
