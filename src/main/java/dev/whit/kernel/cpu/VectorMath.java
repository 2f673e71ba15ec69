package dev.whit.kernel.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Elementary functions of f32 arrays, within about 2 units in the last place. {@code lanewise(EXP)}
 * would do, but gives other bits when interpreted than when compiled.
 *
 * <p>Arrays of the functions are padded: what lies between {@code from + length} and the end of its
 * vector is overwritten.
 */
final class VectorMath {
  private static final VectorSpecies<Float> FLOAT = Species.FLOAT;
  private static final int LANES = Species.LANES;

  private static final float LOG2_E = 0x1.715476p0f;

  /** ln 2 in two parts, of which the first has few enough bits for exact products with n. */
  private static final float LN2_HIGH = 0x1.62e4p-1f;

  private static final float LN2_LOW = 0x1.7f7d1cp-20f;

  /** 1.5 · 2^23: adding it rounds to an integer, left in the low bits. */
  private static final float ROUND = 0x1.8p23f;

  private VectorMath() {}

  /** {@code length} rounded up to whole vectors. */
  static int padded(int length) {
    return Math.ceilDiv(length, LANES) * LANES;
  }

  /**
   * {@code out = a ⊙ b}; nothing past {@code length} is written. A vector loop by hand: those that
   * the compiler makes lose much on short lengths.
   */
  static void multiply(
      float[] a, int aFrom, float[] b, int bFrom, int length, float[] out, int to) {
    int i = 0;
    for (; i <= length - LANES; i += LANES) {
      FloatVector.fromArray(FLOAT, a, aFrom + i)
          .mul(FloatVector.fromArray(FLOAT, b, bFrom + i))
          .intoArray(out, to + i);
    }
    for (; i < length; i++) {
      out[to + i] = a[aFrom + i] * b[bFrom + i];
    }
  }

  /**
   * {@code a = exp(a)}: 2^n · e^r with n = round(a/ln 2), and e^r − 1 − r over |r| ≤ ln(2)/2 by a
   * minimax polynomial of relative error 4e-9. Overflows to infinity and underflows through the
   * subnormals to 0.
   */
  static void exp(float[] a, int from, int length) {
    for (int i = 0; i < length; i += LANES) {
      // Beyond these bounds the result is 0 or infinite, and n would leave its range.
      FloatVector x = FloatVector.fromArray(FLOAT, a, from + i).max(-104f).min(89f);
      FloatVector shifted =
          x.fma(FloatVector.broadcast(FLOAT, LOG2_E), FloatVector.broadcast(FLOAT, ROUND));
      FloatVector n = shifted.sub(ROUND);
      FloatVector r = n.fma(FloatVector.broadcast(FLOAT, -LN2_HIGH), x);
      r = n.fma(FloatVector.broadcast(FLOAT, -LN2_LOW), r);
      FloatVector p =
          FloatVector.broadcast(FLOAT, 0x1.6a1a6ep-10f)
              .fma(r, FloatVector.broadcast(FLOAT, 0x1.123fc6p-7f))
              .fma(r, FloatVector.broadcast(FLOAT, 0x1.555916p-5f))
              .fma(r, FloatVector.broadcast(FLOAT, 0x1.55548ap-3f))
              .fma(r, FloatVector.broadcast(FLOAT, 0x1.fffffcp-2f));
      FloatVector e = p.fma(r.mul(r), r).add(1f);
      // 2^n as two factors, because n may lie outside the exponents of normal numbers.
      IntVector power = shifted.reinterpretAsInts().sub(Float.floatToRawIntBits(ROUND));
      IntVector half = power.lanewise(VectorOperators.ASHR, 1);
      FloatVector first = half.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      FloatVector second =
          power.sub(half).add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      e.mul(first).mul(second).intoArray(a, from + i);
    }
  }

  /**
   * {@code a = tanh(a)}: near 0 a minimax polynomial of relative error 7e-9, elsewhere 1 − 2/(1 +
   * e^2|a|) with the sign of a.
   *
   * @param work of {@code length} padded values or more
   */
  static void tanh(float[] a, int from, int length, float[] work) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector.fromArray(FLOAT, a, from + i).abs().mul(2f).intoArray(work, i);
    }
    exp(work, 0, length);
    for (int i = 0; i < length; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOAT, a, from + i);
      FloatVector square = x.mul(x);
      FloatVector near =
          FloatVector.broadcast(FLOAT, -0.005515167f)
              .fma(square, FloatVector.broadcast(FLOAT, 0.020469423f))
              .fma(square, FloatVector.broadcast(FLOAT, -0.053688023f))
              .fma(square, FloatVector.broadcast(FLOAT, 0.1333083f))
              .fma(square, FloatVector.broadcast(FLOAT, -0.3333326f))
              .fma(square.mul(x), x);
      FloatVector far =
          FloatVector.broadcast(FLOAT, 1f)
              .sub(
                  FloatVector.broadcast(FLOAT, 2f)
                      .div(FloatVector.fromArray(FLOAT, work, i).add(1f)));
      FloatVector negated = far.neg();
      far = far.blend(negated, x.compare(VectorOperators.LT, 0f));
      far.blend(near, x.abs().compare(VectorOperators.LT, 0.625f)).intoArray(a, from + i);
    }
  }
}
