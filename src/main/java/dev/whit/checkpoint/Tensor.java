package dev.whit.checkpoint;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A named, typed slice of a mapped file. Valid until its {@link Checkpoint} is closed.
 *
 * @param name name in the checkpoint
 * @param file file it is stored in
 * @param offset byte offset of its first element in {@code file}
 * @param dtype element type
 * @param shape extent of each dimension; empty for a scalar
 * @param strides distance in elements between neighbours along each dimension
 * @param data mapped bytes from the first element to the last, little-endian
 */
public record Tensor(
    String name,
    Path file,
    long offset,
    DType dtype,
    long[] shape,
    long[] strides,
    MemorySegment data) {

  /** Number of elements. */
  public long elements() {
    long n = 1;
    for (long extent : shape) {
      n *= extent;
    }
    return n;
  }

  /** Whether elements lie in row-major order without gaps. */
  public boolean isContiguous() {
    long expected = 1;
    for (int d = shape.length - 1; d >= 0; d--) {
      if (shape[d] != 1 && strides[d] != expected) {
        return false;
      }
      expected *= shape[d];
    }
    return true;
  }

  /** "BF16 [4096, 384]", for messages. */
  public String describe() {
    return dtype + " " + Arrays.toString(shape);
  }

  /** The row-major strides of a contiguous tensor of this shape. */
  public static long[] rowMajorStrides(long... shape) {
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int d = shape.length - 1; d >= 0; d--) {
      strides[d] = stride;
      stride *= shape[d];
    }
    return strides;
  }
}
