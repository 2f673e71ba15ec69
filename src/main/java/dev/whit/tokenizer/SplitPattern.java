package dev.whit.tokenizer;

/**
 * Whether a regular expression of a {@code tokenizer.json} finds its matches in about linear time.
 * The library gives up, and with it the process, when one attempt has backtracked 10 million times
 * (Oniguruma's limit), so what could do that on a text that a client sends is refused.
 *
 * <p>An attempt that fails tries again each length that an unbounded repetition could have had, for
 * each length of the ones before it. So an alternative may have one such repetition that something
 * after it can fail on, and few choices beside it; what is repeated has no choices in it, and there
 * are no references back. All patterns of the served families are far within that.
 */
final class SplitPattern {
  /** Most ways in which the bounded parts of an alternative may match. */
  private static final long MAX_CHOICES = 64;

  private static final int MAX_DEPTH = 20;

  /**
   * What a part costs.
   *
   * @param choices ways in which it may match, unbounded repetitions counted once
   * @param unbounded whether there is an unbounded repetition in it
   */
  private record Cost(long choices, boolean unbounded) {
    static final Cost ONE = new Cost(1, false);
  }

  private final String pattern;
  private int at;
  private int depth;

  private SplitPattern(String pattern) {
    this.pattern = pattern;
  }

  /** What is wrong with a pattern; empty if nothing is. */
  static String complaint(String pattern) {
    try {
      SplitPattern reader = new SplitPattern(pattern);
      reader.alternatives();
      return reader.at == pattern.length() ? "" : "has a ) without (";
    } catch (UnsupportedOperationException e) {
      return String.valueOf(e.getMessage());
    } catch (StringIndexOutOfBoundsException e) {
      return "ends too early";
    }
  }

  private Cost alternatives() {
    if (++depth > MAX_DEPTH) {
      throw new UnsupportedOperationException("has groups deeper than " + MAX_DEPTH);
    }
    Cost all = sequence();
    while (at < pattern.length() && pattern.charAt(at) == '|') {
      at++;
      Cost next = sequence();
      all = new Cost(all.choices + next.choices, all.unbounded || next.unbounded);
    }
    depth--;
    return all;
  }

  private Cost sequence() {
    int open = 0; // repetitions so far that would be tried again
    boolean unbounded = false;
    long choices = 1;
    while (at < pattern.length() && pattern.charAt(at) != '|' && pattern.charAt(at) != ')') {
      int begin = at;
      Cost element = element();
      Repetition repetition = repetition();
      if (repetition.least > 0 && open > 1) {
        throw new UnsupportedOperationException(
            "has %d repetitions before %s".formatted(open, pattern.substring(begin, at)));
      }
      if (repetition.most > 1 && (element.choices > 1 || element.unbounded)) {
        throw new UnsupportedOperationException(
            "repeats a choice: " + pattern.substring(begin, at));
      }
      // A repetition itself fails at its first character, if at all: it counts for what follows.
      boolean again = element.unbounded || repetition.isUnbounded();
      unbounded |= again;
      open += again && !repetition.possessive ? 1 : 0;
      choices *= repetition.choices(element.choices);
      if (choices > MAX_CHOICES) {
        throw new UnsupportedOperationException(
            "has more than %d choices up to position %d".formatted(MAX_CHOICES, at));
      }
    }
    return new Cost(choices, unbounded);
  }

  /** A character, a class or a group. */
  private Cost element() {
    char c = pattern.charAt(at++);
    switch (c) {
      case '(' -> {
        return group();
      }
      case '[' -> characters();
      case '\\' -> escape();
      case '*', '+', '?' ->
          throw new UnsupportedOperationException("repeats nothing at position " + (at - 1));
      default -> {}
    }
    return Cost.ONE;
  }

  private Cost group() {
    if (pattern.charAt(at) == '?') {
      int begin = at - 1;
      at++;
      while (Character.isLetter(pattern.charAt(at)) || pattern.charAt(at) == '-') {
        at++; // options such as i
      }
      if ("!=:".indexOf(pattern.charAt(at++)) < 0) {
        throw new UnsupportedOperationException(
            "has a group of an unknown kind: " + pattern.substring(begin, at));
      }
    }
    Cost inside = alternatives();
    if (pattern.charAt(at++) != ')') {
      throw new StringIndexOutOfBoundsException();
    }
    return inside;
  }

  private void characters() {
    if (pattern.charAt(at) == '^') {
      at++;
    }
    if (pattern.charAt(at) == ']') {
      at++; // first, it is a character
    }
    for (char c = pattern.charAt(at++); c != ']'; c = pattern.charAt(at++)) {
      if (c == '[') {
        if (++depth > MAX_DEPTH) {
          throw new UnsupportedOperationException("has classes deeper than " + MAX_DEPTH);
        }
        characters();
        depth--;
      } else if (c == '\\') {
        escape();
      }
    }
  }

  private void escape() {
    char c = pattern.charAt(at++);
    if ((c >= '1' && c <= '9') || "kgGX".indexOf(c) >= 0) {
      throw new UnsupportedOperationException("has \\%c, which is not supported".formatted(c));
    }
    if ((c == 'p' || c == 'P' || c == 'x') && pattern.charAt(at) == '{') {
      at = pattern.indexOf('}', at) + 1;
      if (at == 0) {
        at = pattern.length() + 1;
        throw new StringIndexOutOfBoundsException();
      }
    }
  }

  /**
   * How often an element may occur.
   *
   * @param most {@link #UNBOUNDED}, or the number
   * @param possessive whether a length, once found, is never tried again
   */
  private record Repetition(int least, int most, boolean possessive) {
    static final int UNBOUNDED = Integer.MAX_VALUE;
    static final Repetition ONE = new Repetition(1, 1, false);

    boolean isUnbounded() {
      return most == UNBOUNDED;
    }

    /** Ways to match, for an element that has so many. */
    long choices(long ofElement) {
      if (isUnbounded() || possessive) {
        return ofElement;
      }
      return most == 1 ? ofElement + 1 - least : (long) most - least + 1;
    }
  }

  private Repetition repetition() {
    if (at == pattern.length()) {
      return Repetition.ONE;
    }
    char sign = pattern.charAt(at);
    Repetition repetition =
        switch (sign) {
          case '?' -> new Repetition(0, 1, false);
          case '*' -> new Repetition(0, Repetition.UNBOUNDED, false);
          case '+' -> new Repetition(1, Repetition.UNBOUNDED, false);
          case '{' -> interval();
          default -> Repetition.ONE;
        };
    if (repetition.equals(Repetition.ONE)) {
      return repetition;
    }
    at++;
    if (at < pattern.length() && pattern.charAt(at) == '?') {
      at++; // as few as possible: the same lengths in another order
    } else if (at < pattern.length() && sign != '{' && pattern.charAt(at) == '+') {
      at++;
      repetition = new Repetition(repetition.least, repetition.most, true);
    }
    if (at < pattern.length() && "*+?{".indexOf(pattern.charAt(at)) >= 0) {
      throw new UnsupportedOperationException("repeats a repetition at position " + at);
    }
    return repetition;
  }

  /** {@code {n}}, {@code {n,}}, {@code {n,m}} or {@code {,m}}; leaves the position at its brace. */
  private Repetition interval() {
    int end = pattern.indexOf('}', at);
    String text = end < 0 ? "" : pattern.substring(at + 1, end);
    if (!text.matches("\\d{1,5}(,\\d{0,5})?|,\\d{1,5}")) {
      throw new UnsupportedOperationException("has a { that is no number of repetitions");
    }
    at = end;
    int comma = text.indexOf(',');
    int least = comma == 0 ? 0 : Integer.parseInt(comma < 0 ? text : text.substring(0, comma));
    String most = text.substring(comma + 1);
    return new Repetition(
        least, most.isEmpty() ? Repetition.UNBOUNDED : Integer.parseInt(most), false);
  }
}
