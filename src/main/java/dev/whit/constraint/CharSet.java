package dev.whit.constraint;

import java.util.Arrays;

/** A set of Unicode characters (scalar values: code points without surrogates). Immutable. */
final class CharSet {
  private static final int FIRST_SURROGATE = 0xD800;
  private static final int LAST_SURROGATE = 0xDFFF;

  static final CharSet NONE = new CharSet(new int[0]);

  /** All characters. */
  static final CharSet ALL =
      new CharSet(new int[] {0, FIRST_SURROGATE - 1, LAST_SURROGATE + 1, Character.MAX_CODE_POINT});

  /** First and last character of each range, ascending, with gaps between. */
  private final int[] bounds;

  private CharSet(int[] bounds) {
    this.bounds = bounds;
  }

  /** The characters from {@code first} to {@code last}, both included. */
  static CharSet range(int first, int last) {
    return first > last ? NONE : new CharSet(new int[] {first, last}).intersect(ALL);
  }

  /** One character. */
  static CharSet of(int character) {
    return range(character, character);
  }

  /** The characters of a text. */
  static CharSet anyOf(String text) {
    return text.codePoints().mapToObj(CharSet::of).reduce(NONE, CharSet::union);
  }

  int ranges() {
    return bounds.length / 2;
  }

  int first(int range) {
    return bounds[2 * range];
  }

  int last(int range) {
    return bounds[2 * range + 1];
  }

  boolean isEmpty() {
    return bounds.length == 0;
  }

  CharSet union(CharSet other) {
    return complement().intersect(other.complement()).complement();
  }

  CharSet minus(CharSet other) {
    return intersect(other.complement());
  }

  CharSet complement() {
    int[] gaps = new int[bounds.length + 2];
    int count = 0;
    int next = 0;
    for (int i = 0; i < ranges(); i++) {
      if (first(i) > next) {
        gaps[count++] = next;
        gaps[count++] = first(i) - 1;
      }
      next = last(i) + 1;
    }
    if (next <= Character.MAX_CODE_POINT) {
      gaps[count++] = next;
      gaps[count++] = Character.MAX_CODE_POINT;
    }
    return new CharSet(Arrays.copyOf(gaps, count)).intersect(ALL);
  }

  CharSet intersect(CharSet other) {
    int[] common = new int[bounds.length + other.bounds.length];
    int count = 0;
    int i = 0;
    int j = 0;
    while (i < ranges() && j < other.ranges()) {
      int first = Math.max(first(i), other.first(j));
      int last = Math.min(last(i), other.last(j));
      if (first <= last) {
        common[count++] = first;
        common[count++] = last;
      }
      if (last(i) < other.last(j)) {
        i++;
      } else {
        j++;
      }
    }
    return new CharSet(Arrays.copyOf(common, count));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CharSet set && Arrays.equals(bounds, set.bounds);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bounds);
  }
}
