package dev.whit.kernel.cpu;

/**
 * The inner loops of a ±1 matrix times f32 vectors by table lookup: a few bits of a row's word
 * select, from a table, the sum of that many inputs with their signs. Exact to f32 rounding; for
 * each row the order of the additions is the order of the inputs, whatever the number of rows,
 * blocks or vectors in a call.
 */
interface LookupKernel {
  /** Vectors that {@link #multiplyTile} takes at once. */
  int TILE = 4;

  /** Table values for one word: 30 inputs. */
  int tableSize();

  /**
   * Builds the tables of one vector.
   *
   * @param x {@code 30 · words} inputs, scaled
   * @param words number of words
   * @param tables receives f32 bits, {@code words · tableSize()}
   * @param tablesOffset where in {@code tables}
   */
  void buildTables(float[] x, int words, int[] tables, int tablesOffset);

  /**
   * Multiplies successive blocks of a panel by one vector.
   *
   * @param signs see {@link PackedSigns}
   * @param signsOffset first word of the first block
   * @param words words of a row in the panel
   * @param blocks number of blocks
   * @param tables the vector's tables, from index 0
   * @param out receives {@code 16 · blocks} row sums
   * @param outOffset where in {@code out}
   */
  void multiply(
      int[] signs,
      int signsOffset,
      int words,
      int blocks,
      int[] tables,
      float[] out,
      int outOffset);

  /**
   * As {@link #multiply}, by {@link #TILE} vectors.
   *
   * @param tables the vectors' tables, one after the other
   * @param outStride distance in {@code out} between the sums of one vector and the next
   */
  void multiplyTile(
      int[] signs,
      int signsOffset,
      int words,
      int blocks,
      int[] tables,
      float[] out,
      int outOffset,
      int outStride);

  /** The signs that table indices stand for: element {@code bit · lanes + index}. */
  static float[] signs(int bits, int lanes) {
    float[] signs = new float[bits * lanes];
    for (int bit = 0; bit < bits; bit++) {
      for (int index = 0; index < lanes; index++) {
        signs[bit * lanes + index] = ((index >>> bit) & 1) == 0 ? 1f : -1f;
      }
    }
    return signs;
  }

  /** The kernel for the vector width of this process. */
  static LookupKernel preferred() {
    return Species.BITS == 512 ? new WideLookupKernel() : new NarrowLookupKernel();
  }
}
