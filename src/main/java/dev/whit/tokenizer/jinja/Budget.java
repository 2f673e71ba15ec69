package dev.whit.tokenizer.jinja;

/**
 * What one rendering may still spend. Work is counted in characters: each one copied or compared
 * costs 1, each evaluated node {@value #NODE}, each element of a list {@value #ELEMENT}. So time,
 * memory and recursion are bounded whatever the template and its input are. One thread.
 */
final class Budget {
  static final int NODE = 16;

  static final int ELEMENT = 64;

  /** Longest text, and largest value when written out, in characters. */
  static final int MAX_TEXT = 16 << 20;

  /** Deepest nesting of a value. */
  static final int MAX_VALUE_DEPTH = 200;

  private static final long DEFAULT_WORK = 256L << 20;

  /** Measured to need at most 450 KiB of stack; JSON in a recursive macro can be 60 levels deep. */
  private static final int MAX_DEPTH = 400;

  private final long limit;
  private long work;
  private int depth;

  Budget() {
    this(DEFAULT_WORK);
  }

  Budget(long limit) {
    this.limit = limit;
    this.work = limit;
  }

  /** Enters the evaluation of a node, or a call; {@link #leave} ends it. */
  void enter() {
    if (++depth > MAX_DEPTH) {
      throw new EvaluationException("nested deeper than " + MAX_DEPTH + " levels");
    }
    spend(NODE);
  }

  void leave() {
    depth--;
  }

  /** Pays for elements looked at or copied. */
  void elements(long count) {
    if (count > limit) {
      throw exhausted();
    }
    spend(count * ELEMENT);
  }

  /** Pays for a text about to be made, which must not be longer than {@link #MAX_TEXT}. */
  void text(long length) {
    checkLength(length);
    spend(length);
  }

  /** Refuses a text that would be longer than {@link #MAX_TEXT}. */
  static void checkLength(long length) {
    if (length > MAX_TEXT) {
      throw new EvaluationException("a text of more than " + MAX_TEXT + " characters");
    }
  }

  /** Pays for reading characters, or a value of this weight. */
  void spend(long units) {
    work -= units;
    if (work < 0) {
      throw exhausted();
    }
  }

  private EvaluationException exhausted() {
    return new EvaluationException("more work than the limit of " + limit + " units");
  }
}
