package dev.whit.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The element types of dense weights as stored (little-endian). Arithmetic is always f32. */
public enum FloatType {
  F32(4),
  F16(2),
  BF16(2);

  private static final ValueLayout.OfFloat LE_FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort LE_SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int bytes;

  FloatType(int bytes) {
    this.bytes = bytes;
  }

  /** Size of one element in bytes. */
  public int bytes() {
    return bytes;
  }

  /** Element {@code index} of {@code data}, widened to f32 (exact for every type). */
  public float get(MemorySegment data, long index) {
    return switch (this) {
      case F32 -> data.get(LE_FLOAT, index * 4);
      case F16 -> Float.float16ToFloat(data.get(LE_SHORT, index * 2));
      case BF16 -> Float.intBitsToFloat(data.get(LE_SHORT, index * 2) << 16);
    };
  }
}
