package dev.whit.tokenizer.jinja;

import dev.whit.tokenizer.jinja.Value.Bool;
import dev.whit.tokenizer.jinja.Value.DictView;
import dev.whit.tokenizer.jinja.Value.Function;
import dev.whit.tokenizer.jinja.Value.Generator;
import dev.whit.tokenizer.jinja.Value.Int;
import dev.whit.tokenizer.jinja.Value.None;
import dev.whit.tokenizer.jinja.Value.Range;
import dev.whit.tokenizer.jinja.Value.Real;
import dev.whit.tokenizer.jinja.Value.Str;
import dev.whit.tokenizer.jinja.Value.Undefined;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Python's {@code json.dumps}. */
final class JsonWriter {
  /**
   * How to write.
   *
   * @param indent what one level is indented by, null for a single line
   */
  record Format(
      boolean ensureAscii,
      @Nullable String indent,
      String itemSeparator,
      String keySeparator,
      boolean sortKeys) {}

  private final Format format;
  private final Budget budget;
  private final StringBuilder out = new StringBuilder();

  private JsonWriter(Format format, Budget budget) {
    this.format = format;
    this.budget = budget;
  }

  static String write(Value value, Format format, Budget budget) {
    budget.spend(value.weight());
    JsonWriter writer = new JsonWriter(format, budget);
    writer.value(value, 0);
    budget.text(writer.out.length());
    return writer.out.toString();
  }

  private void value(Value value, int level) {
    switch (value) {
      case None _ -> out.append("null");
      case Bool(boolean bool) -> out.append(bool);
      case Int integer -> out.append(integer.value());
      case Real(double real) -> out.append(number(real));
      case Str(String text) -> string(text);
      case Sequence sequence -> array(sequence.items(), level);
      case Dict dict -> object(dict, level);
      case Undefined _, Range _, DictView _, Generator _, Namespace _, Loop _, Function _ ->
          throw new EvaluationException(
              "Object of type " + Types.name(value) + " is not JSON serializable");
    }
  }

  private void array(List<Value> items, int level) {
    out.append('[');
    for (int i = 0; i < items.size(); i++) {
      separate(i, level + 1);
      value(items.get(i), level + 1);
    }
    close(items.isEmpty(), level, ']');
  }

  private void object(Dict dict, int level) {
    List<Map.Entry<Value, Value>> entries = new ArrayList<>(dict.entries().entrySet());
    if (format.sortKeys()) {
      entries.sort(Map.Entry.comparingByKey(Comparison.ascending(budget)));
    }
    out.append('{');
    for (int i = 0; i < entries.size(); i++) {
      separate(i, level + 1);
      string(key(entries.get(i).getKey()));
      layout(format.keySeparator(), 1);
      value(entries.get(i).getValue(), level + 1);
    }
    close(entries.isEmpty(), level, '}');
  }

  private void separate(int index, int level) {
    if (index > 0) {
      layout(format.itemSeparator(), 1);
    }
    newLine(level);
  }

  private void close(boolean empty, int level, char bracket) {
    if (!empty) {
      newLine(level);
    }
    out.append(bracket);
  }

  private void newLine(int level) {
    if (format.indent() != null) {
      out.append('\n');
      layout(format.indent(), level);
    }
  }

  /** Appends what the template chose, and so the value's weight does not bound. */
  private void layout(String text, int times) {
    long length = (long) text.length() * times;
    Budget.checkLength(out.length() + length);
    out.append(text.repeat(times));
  }

  private static String key(Value key) {
    return switch (key) {
      case Str(String text) -> text;
      case None _ -> "null";
      case Bool(boolean bool) -> bool ? "true" : "false";
      case Int integer -> integer.value().toString();
      case Real(double real) -> number(real);
      default ->
          throw new EvaluationException(
              "keys must be str, int, float, bool or None, not " + Types.name(key));
    };
  }

  private static String number(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "Infinity" : "-Infinity";
    }
    return Repr.number(value);
  }

  private void string(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char unit = text.charAt(i);
      switch (unit) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\f' -> out.append("\\f");
        case '\b' -> out.append("\\b");
        default -> {
          if (unit < ' ' || (format.ensureAscii() && unit > '~')) {
            out.append("\\u").append(HexFormat.of().toHexDigits(unit));
          } else {
            out.append(unit);
          }
        }
      }
    }
    out.append('"');
  }
}
