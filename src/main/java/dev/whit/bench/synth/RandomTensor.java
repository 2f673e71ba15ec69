package dev.whit.bench.synth;

import dev.whit.checkpoint.DType;
import dev.whit.kernel.BitMatrix;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A tensor that is made up while it is written.
 *
 * @param shape row-major
 * @param content what its elements are
 */
record RandomTensor(String name, DType dtype, long[] shape, Content content) {
  /** What elements are. */
  sealed interface Content {
    /** Words of a ±1 matrix, packed as {@link BitMatrix}; bits past the last column are 0. */
    record Signs(int cols) implements Content {}

    /** Uniform in [low, high). */
    record Uniform(float low, float high) implements Content {}

    /** As given. */
    record Numbers(long... values) implements Content {}
  }

  /** A packed ±1 matrix. */
  static RandomTensor signs(String name, int rows, int cols) {
    long[] shape = {rows, BitMatrix.wordsPerRow(cols)};
    return new RandomTensor(name, DType.I32, shape, new Content.Signs(cols));
  }

  /** Whole numbers. */
  static RandomTensor numbers(String name, long... values) {
    return new RandomTensor(
        name, DType.I64, new long[] {values.length}, new Content.Numbers(values));
  }

  /** Floats in [low, high). */
  static RandomTensor uniform(String name, DType dtype, float low, float high, long... shape) {
    return new RandomTensor(name, dtype, shape, new Content.Uniform(low, high));
  }

  /** Number of elements. */
  long elements() {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  /** Size in bytes. */
  long bytes() {
    return Math.multiplyExact(elements(), dtype.bytes());
  }

  /**
   * Appends elements to a little-endian buffer.
   *
   * @param first index of the first one
   * @param count how many; the buffer has room
   */
  void fill(long first, int count, SplittableRandom random, ByteBuffer target) {
    switch (content) {
      case Content.Signs signs -> fillSigns(signs.cols(), first, count, random, target);
      case Content.Uniform range -> fillUniform(range, count, random, target);
      case Content.Numbers numbers -> {
        for (int i = 0; i < count; i++) {
          target.putLong(numbers.values()[(int) first + i]);
        }
      }
    }
  }

  private static void fillSigns(
      int cols, long first, int count, SplittableRandom random, ByteBuffer target) {
    int words = BitMatrix.wordsPerRow(cols);
    int tail = -1 >>> (32 * words - cols);
    int column = (int) (first % words);
    for (int i = 0; i < count; i++) {
      boolean last = ++column == words;
      target.putInt(last ? random.nextInt() & tail : random.nextInt());
      column = last ? 0 : column;
    }
  }

  private void fillUniform(
      Content.Uniform range, int count, SplittableRandom random, ByteBuffer target) {
    float step = (range.high() - range.low()) * 0x1p-16f;
    long bits = 0;
    for (int i = 0; i < count; i++, bits >>>= 16) {
      if ((i & 3) == 0) {
        bits = random.nextLong(); // enough for four elements
      }
      float value = range.low() + (bits & 0xffff) * step;
      if (dtype == DType.BF16) {
        target.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
      } else {
        target.putShort(Float.floatToFloat16(value));
      }
    }
  }
}
