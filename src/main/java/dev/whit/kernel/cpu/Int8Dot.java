package dev.whit.kernel.cpu;

import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Takes tiles of {@link Int8Rows} apart. An element is shifted to the top byte of an int and
 * converted as it is, 2²⁴ times too large: exact, and undone with the row's scale at the end.
 */
final class Int8Dot {
  /** What undoes the shift. */
  static final float UNSHIFT = 0x1p-24f;

  private static final VectorSpecies<Float> FLOAT = Species.FLOAT;
  private static final VectorSpecies<Integer> INT = Species.INT;
  private static final int LANES = Species.LANES;
  private static final int TOP = 0xff00_0000;

  private Int8Dot() {}

  /**
   * Dot products by lane of a tile with one vector: what {@link WidenedRows#accumulate} gives after
   * {@link #widen}, from zero.
   *
   * @param w the tile, from {@code at}
   * @param x the vector, from {@code from}
   * @param length a multiple of the number of lanes
   * @param sums receives [4][lanes]
   */
  static void dot(int[] w, int at, float[] x, int from, int length, float[] sums) {
    FloatVector a0 = FloatVector.zero(FLOAT);
    FloatVector a1 = FloatVector.zero(FLOAT);
    FloatVector a2 = FloatVector.zero(FLOAT);
    FloatVector a3 = FloatVector.zero(FLOAT);
    for (int i = 0; i < length; i += LANES) {
      FloatVector v = FloatVector.fromArray(FLOAT, x, from + i);
      IntVector q = IntVector.fromArray(INT, w, at + i);
      a0 = ((FloatVector) q.lanewise(LSHL, 24).convert(I2F, 0)).fma(v, a0);
      a1 = ((FloatVector) q.lanewise(LSHL, 16).lanewise(AND, TOP).convert(I2F, 0)).fma(v, a1);
      a2 = ((FloatVector) q.lanewise(LSHL, 8).lanewise(AND, TOP).convert(I2F, 0)).fma(v, a2);
      a3 = ((FloatVector) q.lanewise(AND, TOP).convert(I2F, 0)).fma(v, a3);
    }
    a0.intoArray(sums, 0);
    a1.intoArray(sums, LANES);
    a2.intoArray(sums, 2 * LANES);
    a3.intoArray(sums, 3 * LANES);
  }

  /**
   * As {@link #dot} of four tiles at once: one stream does not reach the memory's speed, four that
   * are far apart do.
   *
   * @param sums receives [tile][row][lane]
   */
  static void dot4(
      int[] w0,
      int at0,
      int[] w1,
      int at1,
      int[] w2,
      int at2,
      int[] w3,
      int at3,
      float[] x,
      int from,
      int length,
      float[] sums) {
    FloatVector a00 = FloatVector.zero(FLOAT);
    FloatVector a01 = FloatVector.zero(FLOAT);
    FloatVector a02 = FloatVector.zero(FLOAT);
    FloatVector a03 = FloatVector.zero(FLOAT);
    FloatVector a10 = FloatVector.zero(FLOAT);
    FloatVector a11 = FloatVector.zero(FLOAT);
    FloatVector a12 = FloatVector.zero(FLOAT);
    FloatVector a13 = FloatVector.zero(FLOAT);
    FloatVector a20 = FloatVector.zero(FLOAT);
    FloatVector a21 = FloatVector.zero(FLOAT);
    FloatVector a22 = FloatVector.zero(FLOAT);
    FloatVector a23 = FloatVector.zero(FLOAT);
    FloatVector a30 = FloatVector.zero(FLOAT);
    FloatVector a31 = FloatVector.zero(FLOAT);
    FloatVector a32 = FloatVector.zero(FLOAT);
    FloatVector a33 = FloatVector.zero(FLOAT);
    for (int i = 0; i < length; i += LANES) {
      FloatVector v = FloatVector.fromArray(FLOAT, x, from + i);
      IntVector q = IntVector.fromArray(INT, w0, at0 + i);
      a00 = ((FloatVector) q.lanewise(LSHL, 24).convert(I2F, 0)).fma(v, a00);
      a01 = ((FloatVector) q.lanewise(LSHL, 16).lanewise(AND, TOP).convert(I2F, 0)).fma(v, a01);
      a02 = ((FloatVector) q.lanewise(LSHL, 8).lanewise(AND, TOP).convert(I2F, 0)).fma(v, a02);
      a03 = ((FloatVector) q.lanewise(AND, TOP).convert(I2F, 0)).fma(v, a03);
      q = IntVector.fromArray(INT, w1, at1 + i);
      a10 = ((FloatVector) q.lanewise(LSHL, 24).convert(I2F, 0)).fma(v, a10);
      a11 = ((FloatVector) q.lanewise(LSHL, 16).lanewise(AND, TOP).convert(I2F, 0)).fma(v, a11);
      a12 = ((FloatVector) q.lanewise(LSHL, 8).lanewise(AND, TOP).convert(I2F, 0)).fma(v, a12);
      a13 = ((FloatVector) q.lanewise(AND, TOP).convert(I2F, 0)).fma(v, a13);
      q = IntVector.fromArray(INT, w2, at2 + i);
      a20 = ((FloatVector) q.lanewise(LSHL, 24).convert(I2F, 0)).fma(v, a20);
      a21 = ((FloatVector) q.lanewise(LSHL, 16).lanewise(AND, TOP).convert(I2F, 0)).fma(v, a21);
      a22 = ((FloatVector) q.lanewise(LSHL, 8).lanewise(AND, TOP).convert(I2F, 0)).fma(v, a22);
      a23 = ((FloatVector) q.lanewise(AND, TOP).convert(I2F, 0)).fma(v, a23);
      q = IntVector.fromArray(INT, w3, at3 + i);
      a30 = ((FloatVector) q.lanewise(LSHL, 24).convert(I2F, 0)).fma(v, a30);
      a31 = ((FloatVector) q.lanewise(LSHL, 16).lanewise(AND, TOP).convert(I2F, 0)).fma(v, a31);
      a32 = ((FloatVector) q.lanewise(LSHL, 8).lanewise(AND, TOP).convert(I2F, 0)).fma(v, a32);
      a33 = ((FloatVector) q.lanewise(AND, TOP).convert(I2F, 0)).fma(v, a33);
    }
    a00.intoArray(sums, 0);
    a01.intoArray(sums, LANES);
    a02.intoArray(sums, 2 * LANES);
    a03.intoArray(sums, 3 * LANES);
    a10.intoArray(sums, 4 * LANES);
    a11.intoArray(sums, 5 * LANES);
    a12.intoArray(sums, 6 * LANES);
    a13.intoArray(sums, 7 * LANES);
    a20.intoArray(sums, 8 * LANES);
    a21.intoArray(sums, 9 * LANES);
    a22.intoArray(sums, 10 * LANES);
    a23.intoArray(sums, 11 * LANES);
    a30.intoArray(sums, 12 * LANES);
    a31.intoArray(sums, 13 * LANES);
    a32.intoArray(sums, 14 * LANES);
    a33.intoArray(sums, 15 * LANES);
  }

  /**
   * Writes the rows of a tile as f32.
   *
   * @param piece receives [4][{@link WidenedRows#PIECE}]
   */
  static void widen(int[] w, int at, int length, float[] piece) {
    for (int row = 0; row < Int8Rows.TILE; row++) {
      for (int i = 0; i < length; i++) {
        piece[row * WidenedRows.PIECE + i] = element(w[at + i], row);
      }
    }
  }

  /** Row {@code row} of a column, shifted. */
  static float element(int column, int row) {
    return column << (Integer.SIZE - Byte.SIZE * (row + 1)) & TOP;
  }
}
