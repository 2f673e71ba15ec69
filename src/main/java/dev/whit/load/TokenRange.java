package dev.whit.load;

import java.util.random.RandomGenerator;

/** Lengths in tokens, each from {@code min} to {@code max} equally likely. */
public record TokenRange(int min, int max) {
  /** Bounds what a workload can ask for. */
  private static final int MOST = 1 << 20;

  public TokenRange {
    if (min < 1 || min > max || max > MOST) {
      throw new IllegalArgumentException(
          "a number of tokens must be from 1 to %d, or two of them as in 64:512, not %d:%d"
              .formatted(MOST, min, max));
    }
  }

  /**
   * Reads {@code N} or {@code MIN:MAX}.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static TokenRange parse(String text) {
    int colon = text.indexOf(':');
    try {
      return colon < 0
          ? new TokenRange(Integer.parseInt(text), Integer.parseInt(text))
          : new TokenRange(
              Integer.parseInt(text.substring(0, colon)),
              Integer.parseInt(text.substring(colon + 1)));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("must be N or MIN:MAX tokens, not " + text, e);
    }
  }

  int sample(RandomGenerator random) {
    return random.nextInt(min, max + 1);
  }

  @Override
  public String toString() {
    return min == max ? Integer.toString(min) : min + ":" + max;
  }
}
