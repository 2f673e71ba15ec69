package dev.whit.tokenizer.jinja;

import dev.whit.tokenizer.jinja.Value.Range;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** Python's string operations, on code points. */
final class Text {
  /** Characters that are put in upper case at once. */
  private static final int CASE_PIECE = 256;

  private Text() {}

  static String at(String text, int index) {
    return Character.toString(text.codePointAt(text.offsetByCodePoints(0, index)));
  }

  static String slice(String text, Range indices) {
    if (indices.size() == 0) {
      return "";
    }
    if (indices.step() == 1) {
      int begin = text.offsetByCodePoints(0, (int) indices.start());
      return text.substring(begin, text.offsetByCodePoints(begin, (int) indices.size()));
    }
    int[] codePoints = text.codePoints().toArray();
    StringBuilder out = new StringBuilder();
    for (long i = 0; i < indices.size(); i++) {
      out.appendCodePoint(codePoints[(int) (indices.start() + i * indices.step())]);
    }
    return out.toString();
  }

  static String reverse(String text) {
    return new StringBuilder(text).reverse().toString();
  }

  /**
   * {@code strip}: removes whitespace, or any of the characters given, from the sides asked for.
   */
  static String strip(String text, @Nullable String chars, boolean left, boolean right) {
    IntPredicate strips = chars == null ? Unicode::isSpace : members(chars)::get;
    int begin = 0;
    int end = text.length();
    while (left && begin < end && strips.test(text.codePointAt(begin))) {
      begin += Character.charCount(text.codePointAt(begin));
    }
    while (right && begin < end && strips.test(text.codePointBefore(end))) {
      end -= Character.charCount(text.codePointBefore(end));
    }
    return text.substring(begin, end);
  }

  private static BitSet members(String chars) {
    BitSet members = new BitSet();
    chars.codePoints().forEach(members::set);
    return members;
  }

  /**
   * The index of the first occurrence from {@code from} on, or -1. Linear in the text, where {@link
   * String#indexOf(String)} is quadratic for texts made to be so.
   */
  static int find(String text, String part, int from) {
    if (part.length() <= 32) {
      return text.indexOf(part, from);
    }
    // Knuth-Morris-Pratt: border[i] is the longest proper border of the first i chars.
    int[] border = new int[part.length() + 1];
    border[0] = -1;
    for (int i = 1, length = -1; i <= part.length(); i++) {
      while (length >= 0 && part.charAt(length) != part.charAt(i - 1)) {
        length = border[length];
      }
      border[i] = ++length;
    }
    for (int i = from, length = 0; i < text.length(); i++) {
      while (length >= 0 && part.charAt(length) != text.charAt(i)) {
        length = border[length];
      }
      if (++length == part.length()) {
        return i + 1 - length;
      }
    }
    return -1;
  }

  /** The index of the last occurrence, or -1. */
  static int findLast(String text, String part) {
    int at = find(reverse(text), reverse(part), 0);
    return at < 0 ? -1 : text.length() - part.length() - at;
  }

  /** {@code split(separator, limit)}; a limit below 0 is none. */
  static List<String> split(String text, String separator, long limit, Budget budget) {
    List<String> parts = new ArrayList<>();
    int begin = 0;
    int at;
    while ((limit < 0 || parts.size() < limit) && (at = find(text, separator, begin)) >= 0) {
      budget.elements(1);
      parts.add(text.substring(begin, at));
      begin = at + separator.length();
    }
    parts.add(text.substring(begin));
    return parts;
  }

  /** {@code rsplit(separator, limit)}. */
  static List<String> splitFromRight(String text, String separator, long limit, Budget budget) {
    return split(reverse(text), reverse(separator), limit, budget).reversed().stream()
        .map(Text::reverse)
        .toList();
  }

  /** {@code split(None, limit)}: at runs of whitespace, without empty parts. */
  static List<String> words(String text, long limit, Budget budget) {
    List<String> parts = new ArrayList<>();
    int begin = skip(text, 0, true);
    while (begin < text.length() && (limit < 0 || parts.size() < limit)) {
      int end = skip(text, begin, false);
      budget.elements(1);
      parts.add(text.substring(begin, end));
      begin = skip(text, end, true);
    }
    if (begin < text.length()) {
      parts.add(text.substring(begin));
    }
    return parts;
  }

  /** {@code rsplit(None, limit)}. */
  static List<String> wordsFromRight(String text, long limit, Budget budget) {
    return words(reverse(text), limit, budget).reversed().stream().map(Text::reverse).toList();
  }

  private static int skip(String text, int from, boolean spaces) {
    int at = from;
    while (at < text.length() && Unicode.isSpace(text.charAt(at)) == spaces) {
      at++;
    }
    return at;
  }

  /** {@code splitlines(keepends)}. */
  static List<String> lines(String text, boolean keepEnds, Budget budget) {
    List<String> lines = new ArrayList<>();
    int begin = 0;
    for (int i = 0; i < text.length(); i++) {
      if (Unicode.isLineBreak(text.charAt(i))) {
        int next = text.startsWith("\r\n", i) ? i + 2 : i + 1;
        budget.elements(1);
        lines.add(text.substring(begin, keepEnds ? next : i));
        begin = next;
        i = next - 1;
      }
    }
    if (begin < text.length()) {
      lines.add(text.substring(begin));
    }
    return lines;
  }

  /** How often a part occurs, not overlapping; the empty part between all code points. */
  static long count(String text, String part) {
    if (part.isEmpty()) {
      return text.codePointCount(0, text.length()) + 1L;
    }
    long count = 0;
    for (int at = find(text, part, 0); at >= 0; at = find(text, part, at + part.length())) {
      count++;
    }
    return count;
  }

  /** {@code replace(old, new, limit)}; a limit below 0 is none. */
  static String replace(String text, String old, String replacement, long limit, Budget budget) {
    long occurrences = count(text, old);
    long replaced = limit < 0 ? occurrences : Math.min(limit, occurrences);
    budget.text(text.length() + replaced * (replacement.length() - old.length()));
    StringBuilder out = new StringBuilder();
    int at = 0;
    for (long i = 0; i < replaced; i++) {
      int next = old.isEmpty() ? at : find(text, old, at);
      out.append(text, at, next).append(replacement);
      at = next + old.length();
      if (old.isEmpty() && at < text.length()) {
        out.appendCodePoint(text.codePointAt(at));
        at += Character.charCount(text.codePointAt(at));
      }
    }
    return out.append(text, at, text.length()).toString();
  }

  /** Lower case; the one letter that becomes two is replaced first, as {@link #upper} says why. */
  static String lower(String text) {
    return text.replace("\u0130", "i\u0307").toLowerCase(Locale.ROOT);
  }

  /**
   * Upper case, piece by piece: {@link String#toUpperCase(Locale)} copies all it has made at every
   * character that becomes longer, which takes minutes for megabytes of ß.
   */
  static String upper(String text) {
    StringBuilder out = new StringBuilder(text.length());
    int begin = 0;
    while (begin < text.length()) {
      int end = Math.min(text.length(), begin + CASE_PIECE);
      if (end < text.length() && Character.isLowSurrogate(text.charAt(end))) {
        end++; // a pair stays together
      }
      out.append(text.substring(begin, end).toUpperCase(Locale.ROOT));
      begin = end;
    }
    return out.toString();
  }

  /** The first character in title case, the others in lower case. */
  static String capitalize(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int first = text.codePointAt(0);
    return Character.toString(Character.toTitleCase(first))
        + lower(text.substring(Character.charCount(first)));
  }

  /** {@code str.title}: capitalises each run of letters. */
  static String title(String text) {
    StringBuilder out = new StringBuilder();
    boolean within = false;
    for (int c : text.codePoints().toArray()) {
      out.appendCodePoint(within ? Character.toLowerCase(c) : Character.toTitleCase(c));
      within = Unicode.isCased(c);
    }
    return out.toString();
  }

  /** Pads to a width in code points; the share of the padding that goes left is 0, ½ or 1. */
  static String pad(String text, long width, String fill, Alignment alignment, Budget budget) {
    long missing = Math.max(0, width - text.codePointCount(0, text.length()));
    budget.text(text.length() + missing);
    long left =
        switch (alignment) {
          case LEFT -> 0;
          case RIGHT -> missing;
          // Python puts the odd one left when the width is odd too.
          case CENTER -> missing / 2 + (missing & width & 1);
        };
    return fill.repeat((int) left) + text + fill.repeat((int) (missing - left));
  }

  /** Where a padded text stands. */
  enum Alignment {
    LEFT,
    CENTER,
    RIGHT
  }
}
