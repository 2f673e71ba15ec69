package dev.whit.kernel.cpu;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_S2I;

import jdk.incubator.vector.ShortVector;

/** Widening of 16-bit floats to f32, exact for every value: subnormal, infinite, NaN. */
final class HalfFloats {
  private HalfFloats() {}

  /**
   * Widens {@code length} IEEE half-precision values. A plain loop: the compiler makes it the
   * processor's conversion instruction, which beats shifting and masking with the Vector API.
   */
  static void widenF16(short[] source, int length, float[] target, int offset) {
    for (int i = 0; i < length; i++) {
      target[offset + i] = Float.float16ToFloat(source[i]);
    }
  }

  /** Widens {@code length} bfloat16 values, the upper halves of f32. */
  static void widenBf16(short[] source, int length, float[] target, int offset) {
    int whole = Species.SHORT.loopBound(length);
    for (int i = 0; i < whole; i += Species.LANES) {
      ShortVector.fromArray(Species.SHORT, source, i)
          .convertShape(ZERO_EXTEND_S2I, Species.INT, 0)
          .lanewise(LSHL, 16)
          .reinterpretAsFloats()
          .intoArray(target, offset + i);
    }
    for (int i = whole; i < length; i++) {
      target[offset + i] = Float.intBitsToFloat(source[i] << 16);
    }
  }
}
