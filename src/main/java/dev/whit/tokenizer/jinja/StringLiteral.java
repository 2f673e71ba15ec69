package dev.whit.tokenizer.jinja;

/** String literals with Python's escapes. */
final class StringLiteral {
  private StringLiteral() {}

  /** Where a literal that begins at a quote ends, exclusively; -1 when it does not. */
  static int end(String source, int begin) {
    char quote = source.charAt(begin);
    for (int i = begin + 1; i < source.length(); i++) {
      if (source.charAt(i) == '\\') {
        i++;
      } else if (source.charAt(i) == quote) {
        return i + 1;
      }
    }
    return -1;
  }

  /** The text between the quotes with its escapes resolved; unknown ones stay as they are. */
  static String value(String body, int line) {
    if (body.indexOf('\\') < 0) {
      return body;
    }
    StringBuilder out = new StringBuilder();
    int i = 0;
    while (i < body.length()) {
      char c = body.charAt(i++);
      if (c != '\\') {
        out.append(c);
        continue;
      }
      int escape = body.codePointAt(i);
      i += Character.charCount(escape);
      switch (escape) {
        case '\n' -> {} // continues the line
        case '\\', '\'', '"' -> out.append((char) escape);
        case 'a' -> out.append('\u0007');
        case 'b' -> out.append('\b');
        case 'f' -> out.append('\f');
        case 'n' -> out.append('\n');
        case 'r' -> out.append('\r');
        case 't' -> out.append('\t');
        case 'v' -> out.append('\u000b');
        case 'x' -> i = hexadecimal(body, i, 2, out, line);
        case 'u' -> i = hexadecimal(body, i, 4, out, line);
        case 'U' -> i = hexadecimal(body, i, 8, out, line);
        case 'N' -> i = named(body, i, out, line);
        case '0', '1', '2', '3', '4', '5', '6', '7' -> i = octal(body, i - 1, out);
        default -> out.append('\\').append(unknown(escape));
      }
    }
    return out.toString();
  }

  private static int hexadecimal(String body, int from, int digits, StringBuilder out, int line) {
    int end = from + digits;
    if (end <= body.length() && body.substring(from, end).matches("[0-9a-fA-F]+")) {
      long codePoint = Long.parseLong(body.substring(from, end), 16);
      if (codePoint <= Character.MAX_CODE_POINT) {
        out.appendCodePoint((int) codePoint);
        return end;
      }
    }
    throw Parser.error(
        line, "an escape of " + digits + " hexadecimal digits is truncated or illegal");
  }

  private static int named(String body, int from, StringBuilder out, int line) {
    int end = body.indexOf('}', from);
    if (body.startsWith("{", from) && end > 0) {
      try {
        out.appendCodePoint(Character.codePointOf(body.substring(from + 1, end)));
        return end + 1;
      } catch (IllegalArgumentException _) {
        throw Parser.error(line, "unknown Unicode character name");
      }
    }
    throw Parser.error(line, "malformed \\N character escape");
  }

  private static int octal(String body, int from, StringBuilder out) {
    int value = 0;
    int i = from;
    while (i < body.length() && i < from + 3 && body.charAt(i) >= '0' && body.charAt(i) <= '7') {
      value = value * 8 + body.charAt(i++) - '0';
    }
    out.appendCodePoint(value);
    return i;
  }

  /** Jinja spells characters beyond ASCII as escapes first, and this backslash quotes theirs. */
  private static String unknown(int codePoint) {
    if (codePoint < 0x80) {
      return Character.toString(codePoint);
    }
    String format = codePoint < 0x100 ? "x%02x" : codePoint < 0x10000 ? "u%04x" : "U%08x";
    return String.format(format, codePoint);
  }
}
