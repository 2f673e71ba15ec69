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
import java.math.BigDecimal;
import java.util.Collection;
import java.util.Map;

/** Python's {@code str()} and {@code repr()} of a value. */
final class Repr {
  private Repr() {}

  /** {@code str(value)}: what printing the value gives. */
  static String str(Value value, Budget budget) {
    return switch (value) {
      case Str(String text) -> text;
      case Undefined _ -> "";
      default -> repr(value, budget);
    };
  }

  /** {@code repr(value)}: as within a printed list. */
  static String repr(Value value, Budget budget) {
    budget.spend(value.weight());
    StringBuilder out = new StringBuilder();
    append(out, value);
    budget.text(out.length());
    return out.toString();
  }

  private static void append(StringBuilder out, Value value) {
    switch (value) {
      case Undefined _ -> out.append("Undefined");
      case None _ -> out.append("None");
      case Bool(boolean bool) -> out.append(bool ? "True" : "False");
      case Int integer -> out.append(integer.value());
      case Real(double real) -> out.append(number(real));
      case Str(String text) -> quote(out, text);
      case Sequence.ListValue list -> elements(out, "[", list.items(), "]");
      case Sequence.Tuple tuple ->
          elements(out, "(", tuple.items(), tuple.items().size() == 1 ? ",)" : ")");
      case Dict dict -> dict(out, dict);
      case DictView view -> {
        out.append(Types.name(view)).append('(');
        elements(out, "[", Iteration.elements(view), "]");
        out.append(')');
      }
      case Range range -> {
        out.append("range(").append(range.start()).append(", ").append(range.stop());
        out.append(range.step() == 1 ? "" : ", " + range.step()).append(')');
      }
      case Function function -> out.append("<function '").append(function.name()).append("'>");
      case Generator _ -> out.append("<generator object>");
      case Namespace _ -> out.append("<Namespace>");
      case Loop loop -> out.append(loop);
    }
  }

  private static void elements(
      StringBuilder out, String open, Collection<Value> items, String close) {
    out.append(open);
    String separator = "";
    for (Value item : items) {
      out.append(separator);
      append(out, item);
      separator = ", ";
    }
    out.append(close);
  }

  private static void dict(StringBuilder out, Dict dict) {
    out.append('{');
    String separator = "";
    for (Map.Entry<Value, Value> entry : dict.entries().entrySet()) {
      out.append(separator);
      append(out, entry.getKey());
      out.append(": ");
      append(out, entry.getValue());
      separator = ", ";
    }
    out.append('}');
  }

  /** The shortest decimal that reads back as the value, with an exponent as Python chooses it. */
  static String number(double value) {
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    if (value == 0) {
      return 1 / value > 0 ? "0.0" : "-0.0";
    }
    BigDecimal shortest = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    String digits = shortest.unscaledValue().abs().toString();
    int exponent = digits.length() - shortest.scale() - 1;
    String sign = value < 0 ? "-" : "";
    if (exponent >= -4 && exponent < 16) {
      String plain = shortest.abs().toPlainString();
      return sign + plain + (plain.contains(".") ? "" : ".0");
    }
    String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
    String power = (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    return sign + digits.charAt(0) + fraction + "e" + (exponent < 0 ? "-" : "+") + power;
  }

  private static void quote(StringBuilder out, String text) {
    char quote = text.contains("'") && !text.contains("\"") ? '"' : '\'';
    out.append(quote);
    text.codePoints().forEach(codePoint -> escape(out, codePoint, quote));
    out.append(quote);
  }

  private static void escape(StringBuilder out, int codePoint, char quote) {
    switch (codePoint) {
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      case '\\' -> out.append("\\\\");
      default -> {
        if (codePoint == quote) {
          out.append('\\').append(quote);
        } else if (Unicode.isPrintable(codePoint)) {
          out.appendCodePoint(codePoint);
        } else if (codePoint < 0x100) {
          out.append(String.format("\\x%02x", codePoint));
        } else if (codePoint < 0x10000) {
          out.append(String.format("\\u%04x", codePoint));
        } else {
          out.append(String.format("\\U%08x", codePoint));
        }
      }
    }
  }
}
