package dev.whit.tokenizer.jinja;

import dev.whit.tokenizer.jinja.Value.Generator;
import dev.whit.tokenizer.jinja.Value.Str;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.UnaryOperator;

/** The filters that apply another filter or a test to each element. */
final class Selection {
  private Selection() {}

  /** {@code map('filter', …)} or {@code map(attribute='path')}. */
  static Value map(Value value, Arguments arguments, Budget budget) {
    UnaryOperator<Value> function;
    if (arguments.positional().isEmpty() && arguments.named().containsKey("attribute")) {
      Arguments.Bound bound = arguments.bind("map", "attribute", "default");
      AttributePath path =
          AttributePath.of(bound.required("attribute"), bound.present("default"), budget);
      function = element -> path.get(element, budget);
    } else {
      String name = name("map", arguments);
      Arguments rest = arguments.dropping(1);
      function = element -> Filters.apply(name, element, rest, budget);
    }
    List<Value> mapped = new ArrayList<>();
    for (Value element : elements(value, budget)) {
      mapped.add(function.apply(element));
    }
    return new Generator(mapped.iterator());
  }

  static Value select(Value value, Arguments arguments, Budget budget) {
    return filter(value, AttributePath.of(null, budget), arguments, true, budget);
  }

  static Value reject(Value value, Arguments arguments, Budget budget) {
    return filter(value, AttributePath.of(null, budget), arguments, false, budget);
  }

  static Value selectAttribute(Value value, Arguments arguments, Budget budget) {
    return filter(
        value, path("selectattr", arguments, budget), arguments.dropping(1), true, budget);
  }

  static Value rejectAttribute(Value value, Arguments arguments, Budget budget) {
    return filter(
        value, path("rejectattr", arguments, budget), arguments.dropping(1), false, budget);
  }

  /** The elements whose attribute passes the test (without one: is true), or does not. */
  private static Value filter(
      Value value, AttributePath path, Arguments test, boolean passing, Budget budget) {
    List<Value> kept = new ArrayList<>();
    for (Value element : elements(value, budget)) {
      Value tested = path.get(element, budget);
      boolean passes =
          test.positional().isEmpty()
              ? Types.truthy(tested)
              : Tests.passes(name("select", test), tested, test.dropping(1), budget);
      if (passes == passing) {
        kept.add(element);
      }
    }
    return new Generator(kept.iterator());
  }

  /** As in Jinja, what is false has no elements, even if it cannot be iterated. */
  private static List<Value> elements(Value value, Budget budget) {
    return Types.truthy(value) ? Iteration.list(value, budget) : List.of();
  }

  private static AttributePath path(String filter, Arguments arguments, Budget budget) {
    Iterator<Value> first = arguments.positional().iterator();
    if (!first.hasNext()) {
      throw new EvaluationException(filter + ": missing parameter for the attribute name");
    }
    return AttributePath.of(first.next(), budget);
  }

  private static String name(String filter, Arguments arguments) {
    if (!arguments.positional().isEmpty()
        && arguments.positional().getFirst() instanceof Str(String name)) {
      return name;
    }
    throw new EvaluationException(filter + " needs the name of a filter or test");
  }
}
