package dev.whit.kernel.cpu;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.OR;
import static jdk.incubator.vector.VectorOperators.S2I;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_S2I;

import dev.whit.kernel.FloatType;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Dot products of four rows of a stored matrix with one vector, widened in registers on the way
 * from memory: what a single token's speed needs, as loads, widening and sums then overlap. One
 * accumulator for each row and lane, over the columns in order.
 */
final class StoredRows {
  private static final VectorSpecies<Float> FLOAT = Species.FLOAT;
  private static final VectorSpecies<Integer> INT = Species.INT;
  private static final VectorSpecies<Short> SHORT = Species.SHORT;
  private static final int LANES = Species.LANES;

  /** Sign, exponent and mantissa of a half, sign-extended and shifted to an f32's mantissa. */
  private static final int F16_BITS = 0x8fff_e000;

  private static final int F16_EXPONENT = 0x0f80_0000;
  private static final int F32_EXPONENT = 0x7f80_0000;

  /**
   * A half's bits at their place in an f32 are its value by 2⁻¹¹², the difference of the exponent
   * biases; subnormal ones too, as an f32 that small is subnormal itself. Infinity and NaN get the
   * f32's greatest exponent first, which the multiplication keeps.
   */
  private static final float F16_SCALE = 0x1p112f;

  private StoredRows() {}

  /**
   * Dot products by lane of the first {@code length} columns.
   *
   * @param type element type of the rows
   * @param w the matrix's memory
   * @param r0 byte offset of the first row; the others follow, and need not differ
   * @param x the vector, from {@code from}
   * @param length a multiple of the number of lanes
   * @param sums receives [4][lanes] from {@code at}
   */
  static void dot(
      FloatType type,
      MemorySegment w,
      long r0,
      long r1,
      long r2,
      long r3,
      float[] x,
      int from,
      int length,
      float[] sums,
      int at) {
    switch (type) {
      case F32 -> dotF32(w, r0, r1, r2, r3, x, from, length, sums, at);
      case F16 -> dotF16(w, r0, r1, r2, r3, x, from, length, sums, at);
      case BF16 -> dotBf16(w, r0, r1, r2, r3, x, from, length, sums, at);
    }
  }

  /** Values as they are. */
  private static void dotF32(
      MemorySegment w,
      long r0,
      long r1,
      long r2,
      long r3,
      float[] x,
      int from,
      int length,
      float[] sums,
      int at) {
    FloatVector a0 = FloatVector.zero(FLOAT);
    FloatVector a1 = FloatVector.zero(FLOAT);
    FloatVector a2 = FloatVector.zero(FLOAT);
    FloatVector a3 = FloatVector.zero(FLOAT);
    for (int i = 0; i < length; i += LANES) {
      FloatVector v = FloatVector.fromArray(FLOAT, x, from + i);
      a0 = FloatVector.fromMemorySegment(FLOAT, w, r0 + 4L * i, LITTLE_ENDIAN).fma(v, a0);
      a1 = FloatVector.fromMemorySegment(FLOAT, w, r1 + 4L * i, LITTLE_ENDIAN).fma(v, a1);
      a2 = FloatVector.fromMemorySegment(FLOAT, w, r2 + 4L * i, LITTLE_ENDIAN).fma(v, a2);
      a3 = FloatVector.fromMemorySegment(FLOAT, w, r3 + 4L * i, LITTLE_ENDIAN).fma(v, a3);
    }
    a0.intoArray(sums, at);
    a1.intoArray(sums, at + LANES);
    a2.intoArray(sums, at + 2 * LANES);
    a3.intoArray(sums, at + 3 * LANES);
  }

  /** bfloat16 is the upper half of an f32. */
  private static void dotBf16(
      MemorySegment w,
      long r0,
      long r1,
      long r2,
      long r3,
      float[] x,
      int from,
      int length,
      float[] sums,
      int at) {
    FloatVector a0 = FloatVector.zero(FLOAT);
    FloatVector a1 = FloatVector.zero(FLOAT);
    FloatVector a2 = FloatVector.zero(FLOAT);
    FloatVector a3 = FloatVector.zero(FLOAT);
    for (int i = 0; i < length; i += LANES) {
      FloatVector v = FloatVector.fromArray(FLOAT, x, from + i);
      a0 =
          ShortVector.fromMemorySegment(SHORT, w, r0 + 2L * i, LITTLE_ENDIAN)
              .convertShape(ZERO_EXTEND_S2I, INT, 0)
              .lanewise(LSHL, 16)
              .reinterpretAsFloats()
              .fma(v, a0);
      a1 =
          ShortVector.fromMemorySegment(SHORT, w, r1 + 2L * i, LITTLE_ENDIAN)
              .convertShape(ZERO_EXTEND_S2I, INT, 0)
              .lanewise(LSHL, 16)
              .reinterpretAsFloats()
              .fma(v, a1);
      a2 =
          ShortVector.fromMemorySegment(SHORT, w, r2 + 2L * i, LITTLE_ENDIAN)
              .convertShape(ZERO_EXTEND_S2I, INT, 0)
              .lanewise(LSHL, 16)
              .reinterpretAsFloats()
              .fma(v, a2);
      a3 =
          ShortVector.fromMemorySegment(SHORT, w, r3 + 2L * i, LITTLE_ENDIAN)
              .convertShape(ZERO_EXTEND_S2I, INT, 0)
              .lanewise(LSHL, 16)
              .reinterpretAsFloats()
              .fma(v, a3);
    }
    a0.intoArray(sums, at);
    a1.intoArray(sums, at + LANES);
    a2.intoArray(sums, at + 2 * LANES);
    a3.intoArray(sums, at + 3 * LANES);
  }

  /** Half precision: see {@link #F16_SCALE}. */
  private static void dotF16(
      MemorySegment w,
      long r0,
      long r1,
      long r2,
      long r3,
      float[] x,
      int from,
      int length,
      float[] sums,
      int at) {
    FloatVector a0 = FloatVector.zero(FLOAT);
    FloatVector a1 = FloatVector.zero(FLOAT);
    FloatVector a2 = FloatVector.zero(FLOAT);
    FloatVector a3 = FloatVector.zero(FLOAT);
    for (int i = 0; i < length; i += LANES) {
      FloatVector v = FloatVector.fromArray(FLOAT, x, from + i);
      IntVector h =
          ShortVector.fromMemorySegment(SHORT, w, r0 + 2L * i, LITTLE_ENDIAN)
              .convertShape(S2I, INT, 0)
              .reinterpretAsInts()
              .lanewise(LSHL, 13)
              .lanewise(AND, F16_BITS);
      h = h.lanewise(OR, F32_EXPONENT, h.lanewise(AND, F16_EXPONENT).eq(F16_EXPONENT));
      a0 = h.reinterpretAsFloats().mul(F16_SCALE).fma(v, a0);
      h =
          ShortVector.fromMemorySegment(SHORT, w, r1 + 2L * i, LITTLE_ENDIAN)
              .convertShape(S2I, INT, 0)
              .reinterpretAsInts()
              .lanewise(LSHL, 13)
              .lanewise(AND, F16_BITS);
      h = h.lanewise(OR, F32_EXPONENT, h.lanewise(AND, F16_EXPONENT).eq(F16_EXPONENT));
      a1 = h.reinterpretAsFloats().mul(F16_SCALE).fma(v, a1);
      h =
          ShortVector.fromMemorySegment(SHORT, w, r2 + 2L * i, LITTLE_ENDIAN)
              .convertShape(S2I, INT, 0)
              .reinterpretAsInts()
              .lanewise(LSHL, 13)
              .lanewise(AND, F16_BITS);
      h = h.lanewise(OR, F32_EXPONENT, h.lanewise(AND, F16_EXPONENT).eq(F16_EXPONENT));
      a2 = h.reinterpretAsFloats().mul(F16_SCALE).fma(v, a2);
      h =
          ShortVector.fromMemorySegment(SHORT, w, r3 + 2L * i, LITTLE_ENDIAN)
              .convertShape(S2I, INT, 0)
              .reinterpretAsInts()
              .lanewise(LSHL, 13)
              .lanewise(AND, F16_BITS);
      h = h.lanewise(OR, F32_EXPONENT, h.lanewise(AND, F16_EXPONENT).eq(F16_EXPONENT));
      a3 = h.reinterpretAsFloats().mul(F16_SCALE).fma(v, a3);
    }
    a0.intoArray(sums, at);
    a1.intoArray(sums, at + LANES);
    a2.intoArray(sums, at + 2 * LANES);
    a3.intoArray(sums, at + 3 * LANES);
  }
}
