package dev.whit.tokenizer.jinja;

import static java.util.Map.entry;

import dev.whit.tokenizer.jinja.Arguments.Bound;
import dev.whit.tokenizer.jinja.Sequence.ListValue;
import dev.whit.tokenizer.jinja.Sequence.Tuple;
import dev.whit.tokenizer.jinja.Text.Alignment;
import dev.whit.tokenizer.jinja.Value.Bool;
import dev.whit.tokenizer.jinja.Value.Function;
import dev.whit.tokenizer.jinja.Value.Int;
import dev.whit.tokenizer.jinja.Value.None;
import dev.whit.tokenizer.jinja.Value.Str;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The methods of Python's {@code str}. */
final class StringMethods {
  /** A method, called with the string it belongs to. */
  @FunctionalInterface
  private interface Method {
    Value call(String self, Arguments arguments, Budget budget);
  }

  private static final Map<String, Method> METHODS =
      Map.ofEntries(
          entry("upper", text("upper", Text::upper)),
          entry("lower", text("lower", Text::lower)),
          entry("casefold", text("casefold", Text::lower)),
          entry("capitalize", text("capitalize", Text::capitalize)),
          entry("title", text("title", Text::title)),
          entry("swapcase", text("swapcase", StringMethods::swapCase)),
          entry("strip", strip("strip", true, true)),
          entry("lstrip", strip("lstrip", true, false)),
          entry("rstrip", strip("rstrip", false, true)),
          entry("removeprefix", StringMethods::removePrefix),
          entry("removesuffix", StringMethods::removeSuffix),
          entry("startswith", affix("startswith", String::startsWith)),
          entry("endswith", affix("endswith", String::endsWith)),
          entry("split", StringMethods::split),
          entry("rsplit", StringMethods::splitFromRight),
          entry("splitlines", StringMethods::splitLines),
          entry("partition", StringMethods::partition),
          entry("rpartition", StringMethods::partitionFromRight),
          entry("replace", StringMethods::replace),
          entry("join", StringMethods::join),
          entry("find", (self, arguments, _) -> find("find", self, arguments)),
          entry("rfind", (self, arguments, _) -> findLast("rfind", self, arguments)),
          entry("index", (self, arguments, _) -> found(find("index", self, arguments))),
          entry("rindex", (self, arguments, _) -> found(findLast("rindex", self, arguments))),
          entry("count", StringMethods::count),
          entry("center", pad("center", Alignment.CENTER)),
          entry("ljust", pad("ljust", Alignment.LEFT)),
          entry("rjust", pad("rjust", Alignment.RIGHT)),
          entry("zfill", StringMethods::zeroFill),
          entry(
              "format",
              (self, arguments, budget) -> new Str(Formatting.braces(self, arguments, budget))),
          entry("isalpha", all("isalpha", Character::isLetter)),
          entry("isalnum", all("isalnum", c -> Character.isLetter(c) || Unicode.isNumeric(c))),
          entry("isdigit", all("isdigit", Character::isDigit)),
          entry("isdecimal", all("isdecimal", Character::isDigit)),
          entry("isnumeric", all("isnumeric", Unicode::isNumeric)),
          entry("isspace", all("isspace", Unicode::isSpace)),
          entry("isascii", (self, _, _) -> Bool.of(self.chars().allMatch(c -> c < 128))),
          entry("isupper", (self, _, _) -> Bool.of(isUpper(self))),
          entry("islower", (self, _, _) -> Bool.of(isLower(self))));

  private StringMethods() {}

  /** The method of that name bound to a string, or null when there is none. */
  static @Nullable Function bind(String self, String name, Budget budget) {
    Method method = METHODS.get(name);
    if (method == null) {
      return null;
    }
    return new Function(
        name,
        arguments -> {
          budget.text(self.length());
          return method.call(self, arguments, budget);
        });
  }

  /** Whether there are cased characters, and all are upper case. */
  static boolean isUpper(String text) {
    return text.codePoints().anyMatch(Unicode::isCased)
        && text.codePoints().filter(Unicode::isCased).allMatch(Character::isUpperCase);
  }

  /** Whether there are cased characters, and all are lower case. */
  static boolean isLower(String text) {
    return text.codePoints().anyMatch(Unicode::isCased)
        && text.codePoints().filter(Unicode::isCased).allMatch(Character::isLowerCase);
  }

  private static Method text(String name, UnaryOperator<String> operation) {
    return (self, arguments, _) -> {
      arguments.bind(name);
      return new Str(operation.apply(self));
    };
  }

  private static Method all(String name, IntPredicate property) {
    return (self, arguments, _) -> {
      arguments.bind(name);
      return Bool.of(!self.isEmpty() && self.codePoints().allMatch(property));
    };
  }

  private static Method strip(String name, boolean left, boolean right) {
    return (self, arguments, budget) -> {
      String chars = arguments.bind(name, "chars").optionalText("chars");
      budget.spend(chars == null ? 0 : chars.length());
      return new Str(Text.strip(self, chars, left, right));
    };
  }

  private static Method affix(String name, BiPredicate<String, String> has) {
    return (self, arguments, budget) -> {
      Bound bound = arguments.bind(name, "affix", "start", "end");
      Value within =
          Subscript.slice(
              new Str(self),
              bound.or("start", None.NONE),
              bound.or("end", None.NONE),
              None.NONE,
              budget);
      String text = within instanceof Str(String part) ? part : self;
      return switch (bound.required("affix")) {
        case Str(String affix) -> Bool.of(has.test(text, affix));
        case Tuple affixes -> {
          budget.spend(affixes.weight());
          yield Bool.of(
              affixes.items().stream()
                  .anyMatch(item -> item instanceof Str(String affix) && has.test(text, affix)));
        }
        default -> throw new EvaluationException(name + " first arg must be str or a tuple of str");
      };
    };
  }

  private static Value removePrefix(String self, Arguments arguments, Budget budget) {
    String prefix = arguments.bind("removeprefix", "prefix").text("prefix");
    return new Str(self.startsWith(prefix) ? self.substring(prefix.length()) : self);
  }

  private static Value removeSuffix(String self, Arguments arguments, Budget budget) {
    String suffix = arguments.bind("removesuffix", "suffix").text("suffix");
    boolean remove = self.endsWith(suffix);
    return new Str(remove ? self.substring(0, self.length() - suffix.length()) : self);
  }

  private static Value split(String self, Arguments arguments, Budget budget) {
    Bound bound = arguments.bind("split", "sep", "maxsplit");
    String separator = bound.optionalText("sep");
    int limit = bound.integer("maxsplit", -1);
    return strings(
        separator == null
            ? Text.words(self, limit, budget)
            : Text.split(self, nonEmpty(separator), limit, budget));
  }

  private static Value splitFromRight(String self, Arguments arguments, Budget budget) {
    Bound bound = arguments.bind("rsplit", "sep", "maxsplit");
    String separator = bound.optionalText("sep");
    int limit = bound.integer("maxsplit", -1);
    return strings(
        separator == null
            ? Text.wordsFromRight(self, limit, budget)
            : Text.splitFromRight(self, nonEmpty(separator), limit, budget));
  }

  private static Value splitLines(String self, Arguments arguments, Budget budget) {
    boolean keepEnds = arguments.bind("splitlines", "keepends").flag("keepends");
    return strings(Text.lines(self, keepEnds, budget));
  }

  private static Value partition(String self, Arguments arguments, Budget budget) {
    String separator = nonEmpty(arguments.bind("partition", "sep").text("sep"));
    int at = Text.find(self, separator, 0);
    return at < 0 ? triple(self, "", "") : cut(self, at, separator);
  }

  private static Value partitionFromRight(String self, Arguments arguments, Budget budget) {
    String separator = nonEmpty(arguments.bind("rpartition", "sep").text("sep"));
    int at = Text.findLast(self, separator);
    return at < 0 ? triple("", "", self) : cut(self, at, separator);
  }

  private static Value cut(String self, int at, String separator) {
    return triple(self.substring(0, at), separator, self.substring(at + separator.length()));
  }

  private static Value triple(String before, String separator, String after) {
    return new Tuple(List.of(new Str(before), new Str(separator), new Str(after)));
  }

  private static Value replace(String self, Arguments arguments, Budget budget) {
    Bound bound = arguments.bind("replace", "old", "new", "count");
    return new Str(
        Text.replace(
            self, bound.text("old"), bound.text("new"), bound.integer("count", -1), budget));
  }

  private static Value join(String self, Arguments arguments, Budget budget) {
    List<Value> items =
        Iteration.list(arguments.bind("join", "iterable").required("iterable"), budget);
    for (Value item : items) {
      if (!(item instanceof Str)) {
        throw new EvaluationException(
            "sequence item: expected str instance, " + Types.name(item) + " found");
      }
    }
    return Filters.join(items, self, budget);
  }

  private static Int find(String name, String self, Arguments arguments) {
    Bound bound = arguments.bind(name, "sub", "start");
    int length = self.codePointCount(0, self.length());
    int start = bound.integer("start", 0);
    start = start < 0 ? Math.max(0, start + length) : start;
    if (start > length) {
      return Int.of(-1);
    }
    int at = Text.find(self, bound.text("sub"), self.offsetByCodePoints(0, start));
    return Int.of(at < 0 ? -1 : self.codePointCount(0, at));
  }

  private static Int findLast(String name, String self, Arguments arguments) {
    int at = Text.findLast(self, arguments.bind(name, "sub").text("sub"));
    return Int.of(at < 0 ? -1 : self.codePointCount(0, at));
  }

  private static Int found(Int index) {
    if (index.value().signum() < 0) {
      throw new EvaluationException("substring not found");
    }
    return index;
  }

  private static Value count(String self, Arguments arguments, Budget budget) {
    return Int.of(Text.count(self, arguments.bind("count", "sub").text("sub")));
  }

  private static Method pad(String name, Alignment alignment) {
    return (self, arguments, budget) -> {
      Bound bound = arguments.bind(name, "width", "fillchar");
      String fill = bound.text("fillchar", " ");
      if (fill.codePointCount(0, fill.length()) != 1) {
        throw new EvaluationException("the fill character must be exactly one character long");
      }
      return new Str(Text.pad(self, bound.integer("width"), fill, alignment, budget));
    };
  }

  private static Value zeroFill(String self, Arguments arguments, Budget budget) {
    int width = arguments.bind("zfill", "width").integer("width");
    boolean signed = self.startsWith("-") || self.startsWith("+");
    String digits = signed ? self.substring(1) : self;
    String padded = Text.pad(digits, width - (signed ? 1L : 0L), "0", Alignment.RIGHT, budget);
    return new Str(signed ? self.charAt(0) + padded : padded);
  }

  private static String swapCase(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .mapToObj(Character::toString)
        .map(c -> Character.isUpperCase(c.codePointAt(0)) ? Text.lower(c) : Text.upper(c))
        .forEach(out::append);
    return out.toString();
  }

  private static String nonEmpty(String separator) {
    if (separator.isEmpty()) {
      throw new EvaluationException("empty separator");
    }
    return separator;
  }

  private static ListValue strings(List<String> parts) {
    return new ListValue(parts.stream().<Value>map(Str::new).toList());
  }
}
