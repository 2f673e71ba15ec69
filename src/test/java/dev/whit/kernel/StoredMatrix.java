package dev.whit.kernel;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** A dense matrix as a checkpoint stores it, and what its elements should read as. */
record StoredMatrix(FloatType type, int rows, int inputs, byte[] bytes) {
  /** Random elements. */
  StoredMatrix(FloatType type, int rows, int inputs, long seed) {
    this(type, rows, inputs, encode(type, Numbers.gaussian(seed, rows * inputs)));
  }

  /** One row of {@code inputs} ≥ 12 elements at and near the limits of the type. */
  static StoredMatrix extremes(FloatType type, int inputs) {
    float smallest =
        switch (type) {
          case F32 -> Float.MIN_VALUE;
          case F16 -> 0x1p-24f;
          case BF16 -> 0x1p-133f;
        };
    float normal = type == FloatType.F16 ? 0x1p-14f : Float.MIN_NORMAL;
    float largest =
        switch (type) {
          case F32 -> Float.MAX_VALUE;
          case F16 -> 65504;
          case BF16 -> 0x1.fep127f;
        };
    float[] special = {smallest, 3 * smallest, normal - smallest, normal, largest, 1};
    float[] values = new float[inputs];
    for (int i = 0; i < inputs; i++) {
      float value = special[i / 2 % special.length];
      values[i] = i % 2 == 0 ? value : -value;
    }
    return new StoredMatrix(type, 1, inputs, encode(type, values));
  }

  /** The matrix in native memory at an odd address: checkpoints promise no alignment. */
  DenseSpec.Block block(Arena arena) {
    MemorySegment memory = arena.allocate(bytes.length + 1L, 64).asSlice(1);
    memory.copyFrom(MemorySegment.ofArray(bytes));
    return new DenseSpec.Block(rows, type, memory);
  }

  float element(int row, int col) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(LITTLE_ENDIAN);
    int at = (row * inputs + col) * type.bytes();
    return switch (type) {
      case F32 -> buffer.getFloat(at);
      case F16 -> Float.float16ToFloat(buffer.getShort(at));
      case BF16 -> Float.intBitsToFloat(buffer.getShort(at) << 16);
    };
  }

  private static byte[] encode(FloatType type, float[] values) {
    ByteBuffer buffer = ByteBuffer.allocate(values.length * type.bytes()).order(LITTLE_ENDIAN);
    for (float value : values) {
      switch (type) {
        case F32 -> buffer.putFloat(value);
        case F16 -> buffer.putShort(Float.floatToFloat16(value));
        case BF16 -> buffer.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
      }
    }
    return buffer.array();
  }
}
