package dev.whit.tokenizer.jinja;

import static java.util.Map.entry;

import dev.whit.tokenizer.jinja.Arguments.Bound;
import dev.whit.tokenizer.jinja.Value.Int;
import dev.whit.tokenizer.jinja.Value.None;
import dev.whit.tokenizer.jinja.Value.Str;
import dev.whit.tokenizer.jinja.Value.Undefined;
import java.util.List;
import java.util.Map;

/** The filters by name, and those that are about no kind of value in particular. */
final class Filters {
  /** What {@code value | name(arguments)} does. */
  @FunctionalInterface
  interface Filter {
    Value apply(Value value, Arguments arguments, Budget budget);
  }

  private static final Map<String, Filter> FILTERS =
      Map.ofEntries(
          entry("abs", NumberFilters::abs),
          entry("attr", Filters::attribute),
          entry("batch", SequenceFilters::batch),
          entry("capitalize", TextFilters.of(Text::capitalize)),
          entry("center", TextFilters::center),
          entry("count", Filters::length),
          entry("d", Filters::otherwise),
          entry("default", Filters::otherwise),
          entry("dictsort", SequenceFilters::dictSort),
          entry("e", TextFilters.of(TextFilters::escape)),
          entry("escape", TextFilters.of(TextFilters::escape)),
          entry("first", SequenceFilters::first),
          entry("float", NumberFilters::toFloat),
          entry("format", TextFilters::format),
          entry("groupby", SequenceFilters::groupBy),
          entry("indent", TextFilters::indent),
          entry("int", NumberFilters::toInteger),
          entry("items", SequenceFilters::items),
          entry("join", Filters::join),
          entry("last", SequenceFilters::last),
          entry("length", Filters::length),
          entry("list", SequenceFilters::list),
          entry("lower", TextFilters.of(Text::lower)),
          entry("map", Selection::map),
          entry("max", SequenceFilters::max),
          entry("min", SequenceFilters::min),
          entry("reject", Selection::reject),
          entry("rejectattr", Selection::rejectAttribute),
          entry("replace", TextFilters::replace),
          entry("reverse", SequenceFilters::reverse),
          entry("round", NumberFilters::round),
          entry("safe", TextFilters.of(text -> text)),
          entry("select", Selection::select),
          entry("selectattr", Selection::selectAttribute),
          entry("sort", SequenceFilters::sort),
          entry("string", TextFilters.of(text -> text)),
          entry("sum", SequenceFilters::sum),
          entry("title", TextFilters.of(TextFilters::title)),
          entry("tojson", Filters::toJson),
          entry("trim", TextFilters::trim),
          entry("truncate", TextFilters::truncate),
          entry("unique", SequenceFilters::unique),
          entry("upper", TextFilters.of(Text::upper)),
          entry("wordcount", TextFilters::wordCount));

  private Filters() {}

  /** Applies the filter of that name. */
  static Value apply(String name, Value value, Arguments arguments, Budget budget) {
    Filter filter = FILTERS.get(name);
    if (filter == null) {
      throw new EvaluationException("No filter named '" + name + "'.");
    }
    return filter.apply(value, arguments, budget);
  }

  /** The elements' texts with a separator between them. */
  static Str join(List<Value> items, String separator, Budget budget) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < items.size(); i++) {
      String item = Repr.str(items.get(i), budget);
      long added = (long) separator.length() + item.length();
      budget.spend(added);
      Budget.checkLength(out.length() + added);
      out.append(i == 0 ? "" : separator).append(item);
    }
    return new Str(out.toString());
  }

  private static Value join(Value value, Arguments arguments, Budget budget) {
    Bound bound = arguments.bind("join", "d", "attribute");
    AttributePath path = AttributePath.of(bound.present("attribute"), budget);
    List<Value> items = Iteration.list(value, budget);
    items.replaceAll(item -> path.get(item, budget));
    return join(items, Repr.str(bound.or("d", Str.EMPTY), budget), budget);
  }

  private static Value otherwise(Value value, Arguments arguments, Budget budget) {
    Bound bound = arguments.bind("default", "default_value", "boolean");
    boolean missing = value instanceof Undefined || (bound.flag("boolean") && !Types.truthy(value));
    return missing ? bound.or("default_value", Str.EMPTY) : value;
  }

  private static Value length(Value value, Arguments arguments, Budget budget) {
    arguments.bind("length");
    return Int.of(Iteration.length(value, budget));
  }

  private static Value attribute(Value value, Arguments arguments, Budget budget) {
    String name = arguments.bind("attr", "name").text("name");
    return value instanceof Dict dict && DictMethods.bind(dict, name) == null
        ? new Undefined("'dict object' has no attribute '" + name + "'")
        : Subscript.attribute(value, name, budget);
  }

  private static Value toJson(Value value, Arguments arguments, Budget budget) {
    Bound bound = arguments.bind("tojson", "ensure_ascii", "indent", "separators", "sort_keys");
    String indent =
        switch (bound.or("indent", None.NONE)) {
          case None _ -> null;
          case Str(String text) -> text;
          default -> " ".repeat(Math.clamp(bound.integer("indent"), 0, 100));
        };
    String itemSeparator = indent == null ? ", " : ",";
    String keySeparator = ": ";
    Value separators = bound.present("separators");
    if (separators != null) {
      List<Value> pair = Iteration.list(separators, budget);
      if (pair.size() != 2
          || !(pair.get(0) instanceof Str(String item))
          || !(pair.get(1) instanceof Str(String key))) {
        throw new EvaluationException("tojson: separators must be two strings");
      }
      itemSeparator = item;
      keySeparator = key;
    }
    JsonWriter.Format format =
        new JsonWriter.Format(
            bound.flag("ensure_ascii"),
            indent,
            itemSeparator,
            keySeparator,
            bound.flag("sort_keys"));
    return new Str(JsonWriter.write(value, format, budget));
  }
}
