package dev.whit.kernel.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of four f32 rows in the cache with one or four vectors, added to accumulators: one for
 * each vector, row and lane, over the columns in order.
 */
final class WidenedRows {
  /** Columns of a piece, and the distance of its rows: four of them fit the first-level cache. */
  static final int PIECE = 1024;

  private static final VectorSpecies<Float> FLOAT = Species.FLOAT;
  private static final int LANES = Species.LANES;

  private WidenedRows() {}

  /**
   * Four rows by one vector.
   *
   * @param piece [4][PIECE]
   * @param x the vector, from {@code from}
   * @param length a multiple of the number of lanes
   * @param sums accumulators from {@code at}, [4][lanes]
   */
  static void accumulate(float[] piece, float[] x, int from, int length, float[] sums, int at) {
    FloatVector a0 = FloatVector.fromArray(FLOAT, sums, at);
    FloatVector a1 = FloatVector.fromArray(FLOAT, sums, at + LANES);
    FloatVector a2 = FloatVector.fromArray(FLOAT, sums, at + 2 * LANES);
    FloatVector a3 = FloatVector.fromArray(FLOAT, sums, at + 3 * LANES);
    for (int i = 0; i < length; i += LANES) {
      FloatVector v = FloatVector.fromArray(FLOAT, x, from + i);
      a0 = FloatVector.fromArray(FLOAT, piece, i).fma(v, a0);
      a1 = FloatVector.fromArray(FLOAT, piece, PIECE + i).fma(v, a1);
      a2 = FloatVector.fromArray(FLOAT, piece, 2 * PIECE + i).fma(v, a2);
      a3 = FloatVector.fromArray(FLOAT, piece, 3 * PIECE + i).fma(v, a3);
    }
    a0.intoArray(sums, at);
    a1.intoArray(sums, at + LANES);
    a2.intoArray(sums, at + 2 * LANES);
    a3.intoArray(sums, at + 3 * LANES);
  }

  /** Four rows by four vectors {@code stride} apart, [4][4][lanes]: each load serves four sums. */
  static void accumulate4(
      float[] piece, float[] x, int from, int stride, int length, float[] sums, int at) {
    FloatVector a00 = FloatVector.fromArray(FLOAT, sums, at);
    FloatVector a01 = FloatVector.fromArray(FLOAT, sums, at + LANES);
    FloatVector a02 = FloatVector.fromArray(FLOAT, sums, at + 2 * LANES);
    FloatVector a03 = FloatVector.fromArray(FLOAT, sums, at + 3 * LANES);
    FloatVector a10 = FloatVector.fromArray(FLOAT, sums, at + 4 * LANES);
    FloatVector a11 = FloatVector.fromArray(FLOAT, sums, at + 5 * LANES);
    FloatVector a12 = FloatVector.fromArray(FLOAT, sums, at + 6 * LANES);
    FloatVector a13 = FloatVector.fromArray(FLOAT, sums, at + 7 * LANES);
    FloatVector a20 = FloatVector.fromArray(FLOAT, sums, at + 8 * LANES);
    FloatVector a21 = FloatVector.fromArray(FLOAT, sums, at + 9 * LANES);
    FloatVector a22 = FloatVector.fromArray(FLOAT, sums, at + 10 * LANES);
    FloatVector a23 = FloatVector.fromArray(FLOAT, sums, at + 11 * LANES);
    FloatVector a30 = FloatVector.fromArray(FLOAT, sums, at + 12 * LANES);
    FloatVector a31 = FloatVector.fromArray(FLOAT, sums, at + 13 * LANES);
    FloatVector a32 = FloatVector.fromArray(FLOAT, sums, at + 14 * LANES);
    FloatVector a33 = FloatVector.fromArray(FLOAT, sums, at + 15 * LANES);
    for (int i = 0; i < length; i += LANES) {
      FloatVector w0 = FloatVector.fromArray(FLOAT, piece, i);
      FloatVector w1 = FloatVector.fromArray(FLOAT, piece, PIECE + i);
      FloatVector w2 = FloatVector.fromArray(FLOAT, piece, 2 * PIECE + i);
      FloatVector w3 = FloatVector.fromArray(FLOAT, piece, 3 * PIECE + i);
      FloatVector v = FloatVector.fromArray(FLOAT, x, from + i);
      a00 = w0.fma(v, a00);
      a01 = w1.fma(v, a01);
      a02 = w2.fma(v, a02);
      a03 = w3.fma(v, a03);
      v = FloatVector.fromArray(FLOAT, x, from + stride + i);
      a10 = w0.fma(v, a10);
      a11 = w1.fma(v, a11);
      a12 = w2.fma(v, a12);
      a13 = w3.fma(v, a13);
      v = FloatVector.fromArray(FLOAT, x, from + 2 * stride + i);
      a20 = w0.fma(v, a20);
      a21 = w1.fma(v, a21);
      a22 = w2.fma(v, a22);
      a23 = w3.fma(v, a23);
      v = FloatVector.fromArray(FLOAT, x, from + 3 * stride + i);
      a30 = w0.fma(v, a30);
      a31 = w1.fma(v, a31);
      a32 = w2.fma(v, a32);
      a33 = w3.fma(v, a33);
    }
    a00.intoArray(sums, at);
    a01.intoArray(sums, at + LANES);
    a02.intoArray(sums, at + 2 * LANES);
    a03.intoArray(sums, at + 3 * LANES);
    a10.intoArray(sums, at + 4 * LANES);
    a11.intoArray(sums, at + 5 * LANES);
    a12.intoArray(sums, at + 6 * LANES);
    a13.intoArray(sums, at + 7 * LANES);
    a20.intoArray(sums, at + 8 * LANES);
    a21.intoArray(sums, at + 9 * LANES);
    a22.intoArray(sums, at + 10 * LANES);
    a23.intoArray(sums, at + 11 * LANES);
    a30.intoArray(sums, at + 12 * LANES);
    a31.intoArray(sums, at + 13 * LANES);
    a32.intoArray(sums, at + 14 * LANES);
    a33.intoArray(sums, at + 15 * LANES);
  }
}
