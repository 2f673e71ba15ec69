package dev.whit.tokenizer.jinja;

import dev.whit.tokenizer.jinja.Sequence.ListValue;
import dev.whit.tokenizer.jinja.Sequence.Tuple;
import dev.whit.tokenizer.jinja.Value.Range;
import dev.whit.tokenizer.jinja.Value.Str;
import dev.whit.tokenizer.jinja.Value.Undefined;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's two ways to format: {@code '%s' % value} and {@code '{}'.format(value)}. */
final class Formatting {
  private static final Pattern CONVERSION =
      Pattern.compile(
          "%(?:\\((?<key>[^)]*+)\\))?(?<flags>[-+ 0#]*+)(?<width>\\d{0,9}+)"
              + "(?:\\.(?<precision>\\d{0,9}+))?(?<type>.)?",
          Pattern.DOTALL);

  private static final Pattern FIELD =
      Pattern.compile(
          "\\{\\{|}}|\\{(?<name>[^{}!:.\\[]*+)(?:!(?<conversion>[rs]))?"
              + "(?::(?<spec>[^{}]*+))?}|[{}]");

  private Formatting() {}

  /** {@code format % values}: a tuple is several values, a dictionary serves {@code %(key)s}. */
  static String percent(String format, Value values, Budget budget) {
    List<Value> items = values instanceof Tuple tuple ? tuple.items() : List.of(values);
    budget.text(format.length());
    StringBuilder out = new StringBuilder();
    Matcher conversion = CONVERSION.matcher(format);
    int used = 0;
    int end = 0;
    while (conversion.find()) {
      out.append(format, end, conversion.start());
      end = conversion.end();
      String type = conversion.group("type");
      if (type == null) {
        throw new EvaluationException("incomplete format");
      }
      if (type.equals("%")) {
        out.append('%');
        continue;
      }
      Value value;
      if (conversion.group("key") != null) {
        value = Subscript.item(values, new Str(conversion.group("key")), budget);
      } else if (used < items.size()) {
        value = items.get(used++);
      } else {
        throw new EvaluationException("not enough arguments for format string");
      }
      append(out, FormatSpec.ofPercent(conversion).format(value, budget), budget);
    }
    // Python lets what could be looked up by key pass unused, and takes lists for such.
    boolean mayBeUnused =
        switch (values) {
          case Dict _, ListValue _, Range _, Undefined _ -> true;
          default -> false;
        };
    if (used < items.size() && !mayBeUnused) {
      throw new EvaluationException("not all arguments converted during string formatting");
    }
    return out.append(format, end, format.length()).toString();
  }

  /** {@code format.format(…)}, with fields by position or name and without attributes of them. */
  static String braces(String format, Arguments arguments, Budget budget) {
    StringBuilder out = new StringBuilder();
    Matcher field = FIELD.matcher(format);
    int next = 0;
    boolean numbered = false;
    int end = 0;
    while (field.find()) {
      out.append(format, end, field.start());
      end = field.end();
      String name = field.group("name");
      if (name == null) {
        out.append(brace(field.group()));
        continue;
      }
      numbered |= isIndex(name);
      Value value = name.isEmpty() ? positional(next++, arguments) : named(name, arguments);
      if (numbered && next > 0) {
        throw new EvaluationException("cannot mix {} and {0} in a format string");
      }
      if (field.group("conversion") != null) {
        value =
            new Str(
                field.group("conversion").equals("r")
                    ? Repr.repr(value, budget)
                    : Repr.str(value, budget));
      }
      String spec = field.group("spec");
      append(
          out,
          spec == null || spec.isEmpty()
              ? Repr.str(value, budget)
              : FormatSpec.ofBraces(spec).format(value, budget),
          budget);
    }
    return out.append(format, end, format.length()).toString();
  }

  private static void append(StringBuilder out, String text, Budget budget) {
    budget.spend(text.length());
    Budget.checkLength((long) out.length() + text.length());
    out.append(text);
  }

  private static char brace(String match) {
    if (match.length() == 1) {
      throw new EvaluationException("single '" + match + "' or unsupported field in format string");
    }
    return match.charAt(0);
  }

  private static Value named(String name, Arguments arguments) {
    if (isIndex(name)) {
      return positional(Integer.parseInt(name), arguments);
    }
    Value value = arguments.named().get(name);
    if (value == null) {
      throw new EvaluationException("format string names an argument that is missing: " + name);
    }
    return value;
  }

  private static boolean isIndex(String name) {
    return name.matches("[0-9]{1,8}");
  }

  private static Value positional(int index, Arguments arguments) {
    if (index >= arguments.positional().size()) {
      throw new EvaluationException(
          "replacement index " + index + " out of range for positional arguments");
    }
    return arguments.positional().get(index);
  }
}
