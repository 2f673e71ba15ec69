package dev.whit.kernel.cpu;

import dev.whit.kernel.BitMatrix;
import java.util.List;

/**
 * A ±1 matrix, or several over the same columns stacked by rows, re-laid for table lookup.
 *
 * <p>A word holds 30 columns of one row, six or ten or fifteen table indices: bit k of word q is
 * column 30q + k (1 is −1), bits 30 and 31 are 0. Sixteen rows make a block. The words are cut into
 * panels of columns whose lookup tables fit the first-level cache, and lie as {@code
 * [panel][block][word of panel][row of block]}, so that the blocks of one panel are one sequential
 * stream. Every matrix of the stack begins a new block; rows past its end and columns past the last
 * are 0.
 */
final class PackedSigns {
  /** Rows of a block. */
  static final int BLOCK = 16;

  /** Columns in a word. */
  static final int WORD_COLUMNS = 30;

  /** Most words of a panel. */
  static final int MAX_PANEL = 35;

  private final int cols;
  private final int blocks;
  private final int wordsPerRow;
  private final int panels;
  private final int panelLength;
  private final int[] words;
  private final int start;

  private PackedSigns(int cols, int blocks, SignMemory memory) {
    this.cols = cols;
    this.blocks = blocks;
    wordsPerRow = Math.ceilDiv(cols, WORD_COLUMNS);
    panels = Math.ceilDiv(wordsPerRow, MAX_PANEL);
    panelLength = Math.ceilDiv(wordsPerRow, panels);
    SignMemory.Slice slice = memory.take((long) blocks * wordsPerRow * BLOCK);
    words = slice.array();
    start = slice.start();
  }

  /**
   * Lays out matrices of equal width.
   *
   * @param stack one or more matrices, first rows first
   * @param memory where to
   * @param team shares the work
   */
  static PackedSigns of(List<BitMatrix> stack, SignMemory memory, WorkerTeam team) {
    int blocks = 0;
    for (BitMatrix matrix : stack) {
      blocks = Math.addExact(blocks, blocks(matrix.rows()));
    }
    PackedSigns packed = new PackedSigns(stack.getFirst().cols(), blocks, memory);
    team.run((worker, workers) -> {
      int first = 0;
      for (BitMatrix matrix : stack) {
        int count = blocks(matrix.rows());
        int end = (int) ((long) count * (worker + 1) / workers);
        for (int b = (int) ((long) count * worker / workers); b < end; b++) {
          packed.layBlock(matrix, b, first + b);
        }
        first += count;
      }
    });
    return packed;
  }

  /** Blocks that {@code rows} rows take. */
  static int blocks(int rows) {
    return Math.ceilDiv(rows, BLOCK);
  }

  /** Number of blocks of the whole stack. */
  int blocks() {
    return blocks;
  }

  /** Words in a row. */
  int wordsPerRow() {
    return wordsPerRow;
  }

  /** Number of panels. Their partial sums are added in panel order, whoever made them. */
  int panels() {
    return panels;
  }

  /** First word of a row in panel {@code panel}; for {@code panels()}, the end of the row. */
  int panelStart(int panel) {
    return Math.min(panel * panelLength, wordsPerRow);
  }

  /** Words of a row in panel {@code panel}. */
  int panelLength(int panel) {
    return panelStart(panel + 1) - panelStart(panel);
  }

  /** Columns in panel {@code panel}: 30 for each word, but for the end of the row. */
  int panelColumns(int panel) {
    return Math.min(panelStart(panel + 1) * WORD_COLUMNS, cols) - panelStart(panel) * WORD_COLUMNS;
  }

  /** The array that has the words, see the class comment, among others; {@link #index} in it. */
  int[] words() {
    return words;
  }

  /** Bytes of the words. */
  long bytes() {
    return (long) blocks * wordsPerRow * BLOCK * Integer.BYTES;
  }

  /** Index of the first word of a block in a panel. */
  int index(int panel, int block) {
    return start + (panelStart(panel) * blocks + block * panelLength(panel)) * BLOCK;
  }

  private void layBlock(BitMatrix matrix, int sourceBlock, int block) {
    int firstRow = sourceBlock * BLOCK;
    int rows = Math.min(BLOCK, matrix.rows() - firstRow);
    int lastMask = -1 >>> (Integer.SIZE - (cols - (wordsPerRow - 1) * WORD_COLUMNS));
    for (int lane = 0; lane < rows; lane++) {
      long bits = 0; // read from the source and not yet laid, lowest first
      int count = 0;
      int source = 0;
      for (int panel = 0; panel < panels; panel++) {
        int target = index(panel, block) + lane;
        int end = panelStart(panel + 1);
        for (int q = panelStart(panel); q < end; q++, target += BLOCK) {
          if (count < WORD_COLUMNS && source < matrix.wordsPerRow()) {
            bits |= (matrix.word(firstRow + lane, source++) & 0xffff_ffffL) << count;
            count += Integer.SIZE;
          }
          int word = (int) bits & ((1 << WORD_COLUMNS) - 1);
          words[target] = q == wordsPerRow - 1 ? word & lastMask : word;
          bits >>>= WORD_COLUMNS;
          count -= WORD_COLUMNS;
        }
      }
    }
  }
}
