package dev.whit.model.loading;

import dev.whit.checkpoint.DType;
import dev.whit.checkpoint.TensorData;
import dev.whit.kernel.BitMatrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Packs the signs of a float matrix. They are taken from the bits as stored: a cast first could
 * flush tiny negatives to zero. 0 and −0 are +1; NaN has no sign and is refused.
 */
final class LatentSigns {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final LinearTensors.SignTensor.Latent latent;
  private final MemorySegment data;

  /** Every bit of the stored type but the sign's. */
  private final long magnitudeMask;

  /** Bits of +infinity in the stored type: a magnitude above is NaN. */
  private final long infinity;

  /** Bits of 1 in the stored type. */
  private final long one;

  /** How a type stores +infinity and 1. */
  private record Bits(long infinity, long one) {}

  private LatentSigns(LinearTensors.SignTensor.Latent latent) {
    this.latent = latent;
    data = TensorData.contiguous(latent.tensor());
    magnitudeMask = Long.MAX_VALUE >>> (Long.SIZE - Byte.SIZE * latent.tensor().dtype().bytes());
    DType type = latent.tensor().dtype();
    Bits bits =
        switch (type) {
          case BF16 -> new Bits(0x7f80, 0x3f80);
          case F16 -> new Bits(0x7c00, 0x3c00);
          case F32 -> new Bits(0x7f80_0000, 0x3f80_0000);
          case F64 -> new Bits(0x7ff0_0000_0000_0000L, 0x3ff0_0000_0000_0000L);
          case BOOL,
              U8,
              I8,
              I16,
              U16,
              I32,
              U32,
              I64,
              U64,
              Q4_0,
              Q4_1,
              Q5_0,
              Q5_1,
              Q8_0,
              Q4_K,
              Q5_K,
              Q6_K ->
              throw notFloat(type);
        };
    infinity = bits.infinity();
    one = bits.one();
  }

  /** The signs of a factor. */
  static BitMatrix pack(LinearTensors.SignTensor.Latent latent) {
    LatentSigns signs = new LatentSigns(latent);
    int cols = latent.cols();
    return BitMatrix.pack(
        latent.rows(), cols, (row, col) -> signs.isNegative((long) row * cols + col));
  }

  private boolean isNegative(long index) {
    // Widening keeps the sign; the magnitude is what is left below it.
    long bits =
        switch (latent.tensor().dtype().bytes()) {
          case 2 -> data.get(SHORT, index * 2);
          case 4 -> data.get(INT, index * 4);
          default -> data.get(LONG, index * 8);
        };
    long magnitude = bits & magnitudeMask;
    if (magnitude > infinity) {
      throw TensorTable.invalid(latent.tensor(), "element " + index + " is NaN: it has no sign");
    }
    if (latent.unit() && magnitude != one) {
      throw TensorTable.invalid(
          latent.tensor(),
          "element %d is %s: an unpacked factor holds only +1 and -1"
              .formatted(index, TensorData.element(latent.tensor(), index)));
    }
    return bits < 0 && magnitude != 0;
  }

  private static IllegalStateException notFloat(DType type) {
    return new IllegalStateException(type + " has no float bits");
  }
}
