package dev.whit.kernel.cpu;

import dev.whit.kernel.Buffer;

/** Argument checks that do not allocate unless they fail. */
final class Arguments {
  private Arguments() {}

  /**
   * Requires {@code min ≤ value ≤ max}.
   *
   * @throws IllegalArgumentException naming the argument, its value and its limits
   */
  static void inRange(String what, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          what + " is " + value + (min > max ? ", does not fit" : ", not in " + min + ".." + max));
    }
  }

  /** Requires two arguments to be equal. */
  static void equal(String what, long value, String ofWhat, long expected) {
    if (value != expected) {
      throw new IllegalArgumentException(what + " is " + value + ", " + ofWhat + " is " + expected);
    }
  }

  /** Requires an output not to be the input it is computed from. */
  @SuppressWarnings("ReferenceEquality") // a buffer is its memory
  static void distinct(String what, Buffer output, String ofWhat, Buffer input) {
    if (output == input) {
      throw new IllegalArgumentException(what + " is the same buffer as " + ofWhat);
    }
  }
}
