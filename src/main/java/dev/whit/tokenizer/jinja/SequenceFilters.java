package dev.whit.tokenizer.jinja;

import dev.whit.tokenizer.jinja.Arguments.Bound;
import dev.whit.tokenizer.jinja.Sequence.ListValue;
import dev.whit.tokenizer.jinja.Sequence.Tuple;
import dev.whit.tokenizer.jinja.Value.Generator;
import dev.whit.tokenizer.jinja.Value.Int;
import dev.whit.tokenizer.jinja.Value.Str;
import dev.whit.tokenizer.jinja.Value.Undefined;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Filters of lists and of what else can be iterated. */
final class SequenceFilters {
  private SequenceFilters() {}

  static Value list(Value value, Arguments arguments, Budget budget) {
    arguments.bind("list");
    return new ListValue(Iteration.list(value, budget));
  }

  static Value first(Value value, Arguments arguments, Budget budget) {
    arguments.bind("first");
    Iterator<Value> items = Iteration.iterator(value, budget);
    return items.hasNext() ? items.next() : new Undefined("No first item, sequence was empty.");
  }

  static Value last(Value value, Arguments arguments, Budget budget) {
    arguments.bind("last");
    List<Value> items = reversible(value, budget);
    return items.isEmpty() ? new Undefined("No last item, sequence was empty.") : items.getLast();
  }

  static Value reverse(Value value, Arguments arguments, Budget budget) {
    arguments.bind("reverse");
    if (value instanceof Str(String text)) {
      budget.text(text.length());
      return new Str(Text.reverse(text));
    }
    return new Generator(Iteration.list(value, budget).reversed().iterator());
  }

  /** The pairs of a dictionary; none of what is undefined. */
  static Value items(Value value, Arguments arguments, Budget budget) {
    arguments.bind("items");
    return switch (value) {
      case Undefined _ -> new Generator(Collections.emptyIterator());
      case Dict dict -> new Generator(dict.pairs().iterator());
      default -> throw new EvaluationException("Can only get item pairs from a mapping.");
    };
  }

  static Value dictSort(Value value, Arguments arguments, Budget budget) {
    Bound bound = arguments.bind("dictsort", "case_sensitive", "by", "reverse");
    if (!(value instanceof Dict dict)) {
      if (value instanceof Undefined missing) {
        throw missing.failure();
      }
      throw new EvaluationException("'" + Types.name(value) + "' object has no items to sort");
    }
    int by =
        switch (bound.text("by", "key")) {
          case "key" -> 0;
          case "value" -> 1;
          default ->
              throw new EvaluationException("You can only sort by either \"key\" or \"value\"");
        };
    boolean caseSensitive = bound.flag("case_sensitive");
    return sorted(
        dict.pairs(),
        pair -> fold(((Tuple) pair).items().get(by), caseSensitive),
        bound.flag("reverse"),
        budget);
  }

  /** Sorts by the elements or by attributes of them, of which commas separate several. */
  static Value sort(Value value, Arguments arguments, Budget budget) {
    Bound bound = arguments.bind("sort", "reverse", "case_sensitive", "attribute");
    boolean caseSensitive = bound.flag("case_sensitive");
    Value attribute = bound.present("attribute");
    List<AttributePath> paths = new ArrayList<>();
    if (attribute instanceof Str(String names)) {
      Text.split(names, ",", -1, budget)
          .forEach(name -> paths.add(AttributePath.of(new Str(name), budget)));
    } else {
      paths.add(AttributePath.of(attribute, budget));
    }
    return sorted(
        Iteration.list(value, budget),
        element ->
            new ListValue(
                paths.stream()
                    .map(path -> fold(path.get(element, budget), caseSensitive))
                    .toList()),
        bound.flag("reverse"),
        budget);
  }

  static Value unique(Value value, Arguments arguments, Budget budget) {
    Bound bound = arguments.bind("unique", "case_sensitive", "attribute");
    AttributePath path = AttributePath.of(bound.present("attribute"), budget);
    boolean caseSensitive = bound.flag("case_sensitive");
    Set<Value> seen = new HashSet<>();
    List<Value> kept = new ArrayList<>();
    for (Value element : Iteration.list(value, budget)) {
      if (seen.add(Dict.hashable(fold(path.get(element, budget), caseSensitive)))) {
        kept.add(element);
      }
    }
    return new Generator(kept.iterator());
  }

  static Value min(Value value, Arguments arguments, Budget budget) {
    return extreme("min", value, arguments, false, budget);
  }

  static Value max(Value value, Arguments arguments, Budget budget) {
    return extreme("max", value, arguments, true, budget);
  }

  static Value sum(Value value, Arguments arguments, Budget budget) {
    Bound bound = arguments.bind("sum", "attribute", "start");
    AttributePath path = AttributePath.of(bound.present("attribute"), budget);
    Value sum = bound.or("start", Int.of(0));
    for (Value element : Iteration.list(value, budget)) {
      sum = Arithmetic.apply(Arithmetic.Operator.ADD, sum, path.get(element, budget), budget);
    }
    return sum;
  }

  /** Lists of so many elements each, the last filled up if there is something to fill it with. */
  static Value batch(Value value, Arguments arguments, Budget budget) {
    Bound bound = arguments.bind("batch", "linecount", "fill_with");
    int size = Math.max(1, bound.integer("linecount"));
    Value fill = bound.present("fill_with");
    List<Value> items = Iteration.list(value, budget);
    List<Value> batches = new ArrayList<>();
    for (int begin = 0; begin < items.size(); begin += Math.min(size, items.size() - begin)) {
      List<Value> batch =
          new ArrayList<>(items.subList(begin, (int) Math.min(items.size(), (long) begin + size)));
      if (fill != null) {
        budget.elements(size - batch.size());
        batch.addAll(Collections.nCopies(size - batch.size(), fill));
      }
      batches.add(new ListValue(batch));
    }
    return new Generator(batches.iterator());
  }

  /** Pairs of a value and the list of those elements whose attribute has it, sorted by it. */
  static Value groupBy(Value value, Arguments arguments, Budget budget) {
    Bound bound = arguments.bind("groupby", "attribute", "default", "case_sensitive");
    AttributePath path =
        AttributePath.of(bound.required("attribute"), bound.present("default"), budget);
    boolean caseSensitive = bound.flag("case_sensitive");
    Function<Value, Value> key = element -> fold(path.get(element, budget), caseSensitive);
    List<Value> groups = new ArrayList<>();
    List<Value> group = new ArrayList<>();
    for (Value element : sorted(Iteration.list(value, budget), key, false, budget).items()) {
      if (!group.isEmpty()
          && !Comparison.equal(key.apply(group.getFirst()), key.apply(element), budget)) {
        groups.add(group(path, group, budget));
        group = new ArrayList<>();
      }
      group.add(element);
    }
    if (!group.isEmpty()) {
      groups.add(group(path, group, budget));
    }
    return new ListValue(groups);
  }

  private static Value group(AttributePath path, List<Value> elements, Budget budget) {
    return new Tuple(List.of(path.get(elements.getFirst(), budget), new ListValue(elements)));
  }

  private static Value extreme(
      String filter, Value value, Arguments arguments, boolean greatest, Budget budget) {
    Bound bound = arguments.bind(filter, "case_sensitive", "attribute");
    AttributePath path = AttributePath.of(bound.present("attribute"), budget);
    boolean caseSensitive = bound.flag("case_sensitive");
    Comparator<Value> order = Comparison.ascending(budget);
    @Nullable Value best = null;
    @Nullable Value bestKey = null;
    for (Value element : Iteration.list(value, budget)) {
      Value key = fold(path.get(element, budget), caseSensitive);
      if (bestKey == null
          || (greatest ? order.compare(key, bestKey) > 0 : order.compare(key, bestKey) < 0)) {
        best = element;
        bestKey = key;
      }
    }
    return best != null ? best : new Undefined("No aggregated item, sequence was empty.");
  }

  private static ListValue sorted(
      List<Value> elements, Function<Value, Value> key, boolean reverse, Budget budget) {
    record Keyed(Value key, Value element) {}
    Comparator<Value> order = Comparison.ascending(budget);
    return new ListValue(
        elements.stream()
            .map(element -> new Keyed(key.apply(element), element))
            .sorted(Comparator.comparing(Keyed::key, reverse ? order.reversed() : order))
            .map(Keyed::element)
            .toList());
  }

  private static List<Value> reversible(Value value, Budget budget) {
    if (value instanceof Generator) {
      throw new EvaluationException("'generator' object is not reversible");
    }
    return value instanceof Sequence sequence ? sequence.items() : Iteration.list(value, budget);
  }

  /** What an element counts as when case does not matter. */
  private static Value fold(Value value, boolean caseSensitive) {
    return !caseSensitive && value instanceof Str(String text) ? new Str(Text.lower(text)) : value;
  }
}
