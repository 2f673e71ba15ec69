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
   * @param sums receives [4][lanes] from {@code to}
   */
  static void dot(int[] w, int at, float[] x, int from, int length, float[] sums, int to) {
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
    a0.intoArray(sums, to);
    a1.intoArray(sums, to + LANES);
    a2.intoArray(sums, to + 2 * LANES);
    a3.intoArray(sums, to + 3 * LANES);
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
