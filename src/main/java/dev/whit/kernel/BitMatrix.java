package dev.whit.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A ±1 matrix in the packing that LittleBit and NanoQuant share: {@code int32} words, row-major,
 * {@code ceil(cols/32)} words a row; column {@code c} is bit {@code c % 32} (least significant
 * first) of word {@code c / 32}; <b>bit 0 is +1, bit 1 is −1</b>. Bits past the last column are
 * unspecified and must not be used.
 *
 * @param rows number of rows
 * @param cols number of columns
 * @param words the words, little-endian, {@code rows * wordsPerRow * 4} bytes
 */
public record BitMatrix(int rows, int cols, MemorySegment words) {
  private static final ValueLayout.OfInt LE_INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Tells whether an element of the matrix to pack is negative. */
  @FunctionalInterface
  public interface Sign {
    boolean isNegative(int row, int col);
  }

  public BitMatrix {
    if (rows < 1 || cols < 1) {
      throw new IllegalArgumentException("empty matrix: " + rows + " x " + cols);
    }
    long expected = (long) rows * wordsPerRow(cols) * Integer.BYTES;
    if (words.byteSize() != expected) {
      throw new IllegalArgumentException(
          rows + " x " + cols + " needs " + expected + " bytes, got " + words.byteSize());
    }
  }

  /** Packs a matrix given by its signs. */
  public static BitMatrix pack(int rows, int cols, Sign sign) {
    int[] words = new int[Math.multiplyExact(rows, wordsPerRow(cols))];
    int next = 0;
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < cols; c += 32) {
        int word = 0;
        for (int b = 0; b < Math.min(32, cols - c); b++) {
          if (sign.isNegative(r, c + b)) {
            word |= 1 << b;
          }
        }
        words[next++] = Integer.reverseBytes(word);
      }
    }
    if (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
      for (int i = 0; i < words.length; i++) {
        words[i] = Integer.reverseBytes(words[i]);
      }
    }
    return new BitMatrix(rows, cols, MemorySegment.ofArray(words));
  }

  /** Words in one row of {@code cols} columns. */
  public static int wordsPerRow(int cols) {
    return (int) (((long) cols + 31) >>> 5);
  }

  /** Words in one row of this matrix. */
  public int wordsPerRow() {
    return wordsPerRow(cols);
  }

  /** Word {@code index} of row {@code row}: columns {@code 32·index} to {@code 32·index + 31}. */
  public int word(int row, int index) {
    return words.get(LE_INT, ((long) row * wordsPerRow() + index) * Integer.BYTES);
  }

  /** The element at {@code (row, col)}: +1 or −1. */
  public float sign(int row, int col) {
    return (word(row, col >>> 5) >>> (col & 31) & 1) == 0 ? 1f : -1f;
  }
}
