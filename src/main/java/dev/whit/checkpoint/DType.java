package dev.whit.checkpoint;

import java.util.EnumSet;
import java.util.Set;

/**
 * Element types of stored tensors, little-endian. The quantised ones are ggml's: elements in blocks
 * that share scales, see {@link BlockQuantization}.
 */
public enum DType {
  BOOL(1),
  U8(1),
  I8(1),
  I16(2),
  U16(2),
  F16(2),
  BF16(2),
  I32(4),
  U32(4),
  F32(4),
  I64(8),
  U64(8),
  F64(8),
  Q4_0(32, 18),
  Q4_1(32, 20),
  Q5_0(32, 22),
  Q5_1(32, 24),
  Q8_0(32, 34),
  Q4_K(256, 144),
  Q5_K(256, 176),
  Q6_K(256, 210);

  /** The types whose elements stand for themselves. */
  public static final Set<DType> PLAIN = Set.copyOf(EnumSet.range(BOOL, F64));

  private final int blockElements;
  private final int blockBytes;

  DType(int bytes) {
    this(1, bytes);
  }

  DType(int blockElements, int blockBytes) {
    this.blockElements = blockElements;
    this.blockBytes = blockBytes;
  }

  /** Size of one element in bytes, of types that are not quantised. */
  public int bytes() {
    if (isQuantized()) {
      throw new IllegalStateException(this + " has no elements of their own");
    }
    return blockBytes;
  }

  /** Elements of a block; 1 where each stands for itself. */
  public int blockElements() {
    return blockElements;
  }

  /** Bytes of {@code elements} elements, a whole number of blocks. */
  public long byteSize(long elements) {
    return elements / blockElements * blockBytes;
  }

  /** Whether elements are floating-point numbers that stand for themselves. */
  public boolean isFloat() {
    return this == F16 || this == BF16 || this == F32 || this == F64;
  }

  /** Whether elements share scales in blocks. */
  public boolean isQuantized() {
    return blockElements > 1;
  }
}
