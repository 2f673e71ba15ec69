package dev.whit.constraint;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Parses the regular part of ECMA-262 patterns: literals, {@code .}, classes, groups, alternatives,
 * quantifiers, and {@code ^} and {@code $} at the ends of the whole pattern's alternatives. What is
 * not regular, or depends on context, is refused by name.
 *
 * <p>Where dialects differ about a character, a class has those only that all agree on: what is
 * generated must satisfy the client's validator too.
 */
final class PatternParser {
  private static final int MAX_LENGTH = 4096;
  private static final int MAX_REPEATS = 4096;
  private static final int MAX_NESTING = 64;

  private static final CharSet DIGITS = CharSet.range('0', '9');
  private static final CharSet WORD =
      DIGITS.union(CharSet.range('a', 'z')).union(CharSet.range('A', 'Z')).union(CharSet.of('_'));
  private static final CharSet SPACE = CharSet.anyOf(" \t\n\u000B\f\r");
  private static final CharSet LINE_ENDS = CharSet.anyOf("\n\r\u0085\u2028\u2029");
  private static final CharSet WIDE_SPACE =
      SPACE
          .union(CharSet.anyOf("\u0085\u00A0\u1680\u2028\u2029\u202F\u205F\u3000\uFEFF"))
          .union(CharSet.range(0x1C, 0x1F))
          .union(CharSet.range(0x2000, 0x200A));
  private static final CharSet ASCII = CharSet.range(0, 0x7F);
  private static final Regex ANYTHING = new Regex.Repetition(new Regex.Chars(CharSet.ALL), 0, -1);

  private final String pattern;
  private final String path;
  private int at;

  private PatternParser(String pattern, String path) {
    this.pattern = pattern;
    this.path = path;
  }

  /**
   * The strings that have a match of the pattern somewhere, as JSON Schema means it.
   *
   * @param path the schema's, for errors
   * @throws SchemaException if it is no pattern, or not in the regular part
   */
  static Regex parse(String pattern, String path) {
    PatternParser parser = new PatternParser(pattern, path);
    if (pattern.length() > MAX_LENGTH) {
      throw parser.error(
          "has %d characters, the limit is %d".formatted(pattern.length(), MAX_LENGTH));
    }
    return parser.search();
  }

  private Regex search() {
    List<Regex> alternatives = new ArrayList<>();
    do {
      boolean fromStart = take('^');
      Regex body = sequence(0);
      boolean toEnd = take('$');
      if (at < pattern.length() && pattern.charAt(at) != '|') {
        throw error(
            switch (pattern.charAt(at)) {
              case ')' -> "has a ) too many";
              case '^', '$' -> "has an anchor that is not at an end: that is not supported";
              default -> "has something behind $: that is not supported";
            });
      }
      List<Regex> parts = new ArrayList<>();
      if (!fromStart) {
        parts.add(ANYTHING);
      }
      parts.add(body);
      if (!toEnd) {
        parts.add(ANYTHING);
      }
      alternatives.add(new Regex.Concatenation(parts));
    } while (take('|'));
    return new Regex.Alternation(alternatives);
  }

  /** Up to what a sequence cannot contain. */
  private Regex sequence(int depth) {
    List<Regex> parts = new ArrayList<>();
    while (at < pattern.length() && "|)^$".indexOf(pattern.charAt(at)) < 0) {
      parts.add(quantified(atom(depth)));
    }
    return new Regex.Concatenation(parts);
  }

  private Regex atom(int depth) {
    int c = pattern.codePointAt(at);
    at += Character.charCount(c);
    return switch (c) {
      case '.' -> new Regex.Chars(LINE_ENDS.complement());
      case '[' -> new Regex.Chars(characterClass());
      case '(' -> group(depth + 1);
      case '\\' -> new Regex.Chars(escape());
      case '*', '+', '?' -> throw error("has a quantifier with nothing before it");
      default -> new Regex.Chars(character(c));
    };
  }

  private CharSet character(int c) {
    if (Character.MIN_SURROGATE <= c && c <= Character.MAX_SURROGATE) {
      throw error("has half of a surrogate pair");
    }
    return CharSet.of(c);
  }

  private Regex group(int depth) {
    if (depth > MAX_NESTING) {
      throw error("nests groups deeper than " + MAX_NESTING);
    }
    if (take('?') && !take(':')) {
      throw error("has a lookaround, a name or a flag of a group: these are not supported");
    }
    List<Regex> alternatives = new ArrayList<>();
    do {
      alternatives.add(sequence(depth));
    } while (take('|'));
    if (!take(')')) {
      throw error(
          at < pattern.length()
              ? "has an anchor inside of a group: that is not supported"
              : "has a group without its end");
    }
    return new Regex.Alternation(alternatives);
  }

  private Regex quantified(Regex atom) {
    if (at == pattern.length()) {
      return atom;
    }
    int[] times =
        switch (pattern.charAt(at)) {
          case '*' -> new int[] {0, -1};
          case '+' -> new int[] {1, -1};
          case '?' -> new int[] {0, 1};
          default -> null;
        };
    if (times != null) {
      at++;
    } else {
      times = braces();
    }
    if (times == null) {
      return atom;
    }
    if (at < pattern.length() && pattern.charAt(at) == '+') {
      throw error("has a possessive quantifier: that is not supported");
    }
    boolean _ = take('?'); // a lazy one matches the same strings
    if (at < pattern.length() && "*+?".indexOf(pattern.charAt(at)) >= 0) {
      throw error("has a quantifier with nothing before it");
    }
    return new Regex.Repetition(atom, times[0], times[1]);
  }

  /** {@code {2}}, {@code {2,}} or {@code {2,5}}, null if there is none of these. */
  private int @Nullable [] braces() {
    int end = pattern.charAt(at) == '{' ? pattern.indexOf('}', at) : -1;
    if (end < 0 || !pattern.substring(at + 1, end).matches("\\d{1,9}(,(\\d{1,9})?)?")) {
      return null;
    }
    String[] numbers = pattern.substring(at + 1, end).split(",", -1);
    int min = Integer.parseInt(numbers[0]);
    int max = numbers.length == 1 ? min : numbers[1].isEmpty() ? -1 : Integer.parseInt(numbers[1]);
    if (Math.max(min, max) > MAX_REPEATS) {
      throw error("repeats %d times, the limit is %d".formatted(Math.max(min, max), MAX_REPEATS));
    }
    if (max >= 0 && max < min) {
      throw error("has a quantifier whose numbers are out of order");
    }
    at = end + 1;
    return new int[] {min, max};
  }

  private CharSet characterClass() {
    boolean negated = take('^');
    CharSet set = CharSet.NONE;
    while (!take(']')) {
      boolean isSet = isSetEscape();
      CharSet first = classCharacter();
      if (isSet || !pattern.startsWith("-", at) || pattern.startsWith("-]", at)) {
        set = set.union(isSet && negated ? widest(first) : first);
        continue;
      }
      at++;
      if (isSetEscape()) {
        throw error("has a range that ends in a class");
      }
      CharSet last = classCharacter();
      if (first.first(0) > last.first(0)) {
        throw error("has a range whose ends are out of order");
      }
      set = set.union(CharSet.range(first.first(0), last.first(0)));
    }
    return negated ? set.complement() : set;
  }

  /** What any dialect may count to a class, to be left out of its complement. */
  private static CharSet widest(CharSet set) {
    if (set.equals(SPACE)) {
      return WIDE_SPACE;
    }
    return set.equals(DIGITS) || set.equals(WORD) ? set.union(ASCII.complement()) : set;
  }

  private boolean isSetEscape() {
    return at + 1 < pattern.length()
        && pattern.charAt(at) == '\\'
        && "dDwWsS".indexOf(pattern.charAt(at + 1)) >= 0;
  }

  private CharSet classCharacter() {
    if (at == pattern.length()) {
      throw error("has a class without its end");
    }
    int c = pattern.codePointAt(at);
    at += Character.charCount(c);
    // Java reads these as operators of sets, ECMA-262 as characters.
    if (c == '[' || (c == '&' && pattern.startsWith("&", at))) {
      throw error("has an unescaped " + (c == '[' ? "[" : "&&") + " in a class");
    }
    return c == '\\' ? escape() : character(c);
  }

  private CharSet escape() {
    if (at == pattern.length()) {
      throw error("ends in a backslash");
    }
    char c = pattern.charAt(at++);
    return switch (c) {
      case 'd' -> DIGITS;
      case 'w' -> WORD;
      case 's' -> SPACE;
      case 'D' -> widest(DIGITS).complement();
      case 'W' -> widest(WORD).complement();
      case 'S' -> WIDE_SPACE.complement();
      case 't' -> CharSet.of('\t');
      case 'n' -> CharSet.of('\n');
      case 'r' -> CharSet.of('\r');
      case 'f' -> CharSet.of('\f');
      case 'v' -> CharSet.of(0x0B);
      case 'x' -> hex(2);
      case 'u' -> hex(4);
      default -> {
        if (Character.isLetterOrDigit(c)) {
          throw error("has \\" + c + ": that is not supported");
        }
        yield character(c);
      }
    };
  }

  private CharSet hex(int digits) {
    int end = at + digits;
    if (end > pattern.length() || !pattern.substring(at, end).matches("[0-9A-Fa-f]+")) {
      throw error("has an escape without its %d hexadecimal digits".formatted(digits));
    }
    int c = Integer.parseInt(pattern, at, end, 16);
    at = end;
    return character(c);
  }

  private boolean take(char c) {
    if (at < pattern.length() && pattern.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private SchemaException error(String what) {
    return new SchemaException(path, "pattern " + what);
  }
}
