package dev.whit.kernel.cpu;

import dev.whit.kernel.DenseSpec;
import dev.whit.kernel.DenseWeights;
import dev.whit.kernel.FloatType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Dense weights as views of the mapped file, which stays mapped while they are used. */
final class MappedDense implements DenseWeights {
  private static final ValueLayout.OfFloat LE_FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort LE_SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int inputs;
  private final int outputs;
  private final List<DenseSpec.Block> blocks;
  private final float @Nullable [] bias;

  MappedDense(DenseSpec spec) {
    inputs = spec.inputs();
    outputs = spec.outputs();
    bias = spec.bias();
    blocks = spec.blocks();
  }

  @Override
  public int inputs() {
    return inputs;
  }

  @Override
  public int outputs() {
    return outputs;
  }

  /** The row blocks, in order. */
  List<DenseSpec.Block> blocks() {
    return blocks;
  }

  /** Output bias, [outputs], or null. */
  float @Nullable [] bias() {
    return bias;
  }

  /** Only the bias: the matrix stays in the mapped file. */
  @Override
  public long residentBytes() {
    return bias == null ? 0 : (long) bias.length * Float.BYTES;
  }

  @Override
  public void close() {}

  /**
   * Reads columns {@code first … first + length − 1} of a row, widened to f32.
   *
   * @param halves working space of {@code length} or more
   * @param target receives the values from {@code offset}
   */
  void read(int row, int first, int length, short[] halves, float[] target, int offset) {
    int block = 0;
    int inBlock = row;
    while (inBlock >= blocks.get(block).rows()) {
      inBlock -= blocks.get(block++).rows();
    }
    MemorySegment data = blocks.get(block).data();
    FloatType type = blocks.get(block).type();
    long from = ((long) inBlock * inputs + first) * type.bytes();
    switch (type) {
      case F32 -> MemorySegment.copy(data, LE_FLOAT, from, target, offset, length);
      case F16 -> {
        MemorySegment.copy(data, LE_SHORT, from, halves, 0, length);
        HalfFloats.widenF16(halves, length, target, offset);
      }
      case BF16 -> {
        MemorySegment.copy(data, LE_SHORT, from, halves, 0, length);
        HalfFloats.widenBf16(halves, length, target, offset);
      }
    }
  }
}
