package dev.whit.kernel.cpu;

/**
 * Widening of 16-bit floats to f32, exact for every value. Loops that the compiler turns into the
 * processor's conversion instructions.
 */
final class HalfFloats {
  private HalfFloats() {}

  /** Widens {@code length} IEEE half-precision values. */
  static void widenF16(short[] source, int length, float[] target, int offset) {
    for (int i = 0; i < length; i++) {
      target[offset + i] = Float.float16ToFloat(source[i]);
    }
  }

  /** Widens {@code length} bfloat16 values, the upper halves of f32. */
  static void widenBf16(short[] source, int length, float[] target, int offset) {
    for (int i = 0; i < length; i++) {
      target[offset + i] = Float.intBitsToFloat(source[i] << 16);
    }
  }
}
