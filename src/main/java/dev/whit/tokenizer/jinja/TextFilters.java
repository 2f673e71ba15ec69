package dev.whit.tokenizer.jinja;

import dev.whit.tokenizer.jinja.Arguments.Bound;
import dev.whit.tokenizer.jinja.Filters.Filter;
import dev.whit.tokenizer.jinja.Sequence.Tuple;
import dev.whit.tokenizer.jinja.Text.Alignment;
import dev.whit.tokenizer.jinja.Value.Int;
import dev.whit.tokenizer.jinja.Value.Str;
import dev.whit.tokenizer.jinja.Value.Undefined;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.UnaryOperator;

/** Filters of texts. As in Jinja, most take other values as what they print as. */
final class TextFilters {
  private TextFilters() {}

  /** A filter without arguments. */
  static Filter of(UnaryOperator<String> operation) {
    return (value, arguments, budget) -> {
      arguments.bind("filter");
      String text = Repr.str(value, budget);
      budget.text(text.length());
      return new Str(operation.apply(text));
    };
  }

  static Value trim(Value value, Arguments arguments, Budget budget) {
    String chars = arguments.bind("trim", "chars").optionalText("chars");
    String text = Repr.str(value, budget);
    budget.text(text.length());
    return new Str(Text.strip(text, chars, true, true));
  }

  static Value replace(Value value, Arguments arguments, Budget budget) {
    Bound bound = arguments.bind("replace", "old", "new", "count");
    int count = bound.present("count") == null ? -1 : bound.integer("count");
    String old = Repr.str(bound.required("old"), budget);
    String replacement = Repr.str(bound.required("new"), budget);
    return new Str(Text.replace(Repr.str(value, budget), old, replacement, count, budget));
  }

  static Value center(Value value, Arguments arguments, Budget budget) {
    int width = arguments.bind("center", "width").integer("width", 80);
    return new Str(Text.pad(Repr.str(value, budget), width, " ", Alignment.CENTER, budget));
  }

  /** {@code value % arguments}. */
  static Value format(Value value, Arguments arguments, Budget budget) {
    Value values = new Tuple(arguments.positional());
    if (!arguments.named().isEmpty()) {
      SequencedMap<Value, Value> named = new LinkedHashMap<>();
      arguments.named().forEach((name, argument) -> named.put(new Str(name), argument));
      values = new Dict(named);
    }
    return new Str(Formatting.percent(Repr.str(value, budget), values, budget));
  }

  /** Indents all lines but the first and the blank ones, unless these are asked for. */
  static Value indent(Value value, Arguments arguments, Budget budget) {
    Bound bound = arguments.bind("indent", "width", "first", "blank");
    String indentation =
        bound.get("width") instanceof Str(String text)
            ? text
            : " ".repeat(Math.clamp(bound.integer("width", 4), 0, 1000));
    boolean blank = bound.flag("blank");
    // The added line end makes an empty last line count, as in Jinja.
    List<String> lines = Text.lines(string("indent", value) + "\n", false, budget);
    StringBuilder out = new StringBuilder(bound.flag("first") ? indentation : "");
    out.append(lines.getFirst());
    for (String line : lines.subList(1, lines.size())) {
      long added = (long) indentation.length() + line.length() + 1;
      budget.spend(added);
      Budget.checkLength(out.length() + added);
      out.append('\n').append(line.isEmpty() && !blank ? "" : indentation).append(line);
    }
    return new Str(out.toString());
  }

  /** Shortens a text to a length, at a word's end. */
  static Value truncate(Value value, Arguments arguments, Budget budget) {
    Bound bound = arguments.bind("truncate", "length", "killwords", "end", "leeway");
    int length = bound.integer("length", 255);
    String end = bound.text("end", "...");
    int leeway = bound.present("leeway") == null ? 5 : bound.integer("leeway");
    int endLength = end.codePointCount(0, end.length());
    if (length < endLength || leeway < 0) {
      throw new EvaluationException(
          "truncate: length must be at least the end's, leeway not negative");
    }
    if (Iteration.length(value, budget) <= (long) length + leeway) {
      return value;
    }
    String text = string("truncate", value);
    budget.text(text.length());
    String kept = text.substring(0, text.offsetByCodePoints(0, length - endLength));
    int space = bound.flag("killwords") ? -1 : kept.lastIndexOf(' ');
    return new Str((space < 0 ? kept : kept.substring(0, space)) + end);
  }

  private static String string(String filter, Value value) {
    return switch (value) {
      case Str(String text) -> text;
      case Undefined missing -> throw missing.failure();
      default ->
          throw new EvaluationException(
              filter + " needs a string, not '" + Types.name(value) + "'");
    };
  }

  static Value wordCount(Value value, Arguments arguments, Budget budget) {
    arguments.bind("wordcount");
    String text = Repr.str(value, budget);
    budget.text(text.length());
    int words = 0;
    boolean within = false;
    for (int c : text.codePoints().toArray()) {
      boolean word = Unicode.isWord(c);
      words += word && !within ? 1 : 0;
      within = word;
    }
    return Int.of(words);
  }

  /** Jinja's own title case: a word begins after whitespace, a hyphen or an opening bracket. */
  static String title(String text) {
    StringBuilder out = new StringBuilder();
    boolean begins = true;
    for (int c : text.codePoints().toArray()) {
      String character = Character.toString(c);
      out.append(begins ? Text.upper(character) : Text.lower(character));
      begins = Unicode.isSpace(c) || "-({[<".indexOf(c) >= 0;
    }
    return out.toString();
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("'", "&#39;")
        .replace("\"", "&#34;");
  }
}
