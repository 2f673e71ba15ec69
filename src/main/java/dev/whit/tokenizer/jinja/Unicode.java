package dev.whit.tokenizer.jinja;

/** Properties of code points as Python's {@code str} defines them. */
final class Unicode {
  private Unicode() {}

  /** {@code str.isspace}: what {@code strip} and {@code split} remove. */
  static boolean isSpace(int codePoint) {
    return switch (codePoint) {
      case '\t', '\n', 0x0B, '\f', '\r', 0x1C, 0x1D, 0x1E, 0x1F, ' ', 0x85, 0xA0 -> true;
      default -> codePoint > 0xA0 && Character.isSpaceChar(codePoint);
    };
  }

  /** {@code str.splitlines}: what ends a line. */
  static boolean isLineBreak(char unit) {
    return switch (unit) {
      case '\n', 0x0B, '\f', '\r', 0x1C, 0x1D, 0x1E, 0x85, 0x2028, 0x2029 -> true;
      default -> false;
    };
  }

  /** {@code \w} of Python's regular expressions. */
  static boolean isWord(int codePoint) {
    return codePoint == '_' || Character.isLetter(codePoint) || isNumeric(codePoint);
  }

  /** {@code str.isnumeric}, by category. */
  static boolean isNumeric(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> true;
      default -> false;
    };
  }

  /** {@code str.isprintable}: shown as it is by {@code repr}. */
  static boolean isPrintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> codePoint == ' ';
      default -> true;
    };
  }

  /** Whether a code point has a case: it starts no new word in {@code str.title}. */
  static boolean isCased(int codePoint) {
    return Character.isLowerCase(codePoint)
        || Character.isUpperCase(codePoint)
        || Character.isTitleCase(codePoint);
  }
}
