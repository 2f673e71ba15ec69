package dev.whit.kernel.cpu;

import dev.whit.kernel.KvType;

/** One layer's keys or values: f32, or f16 bits. */
sealed interface KvElements {
  /** Zeroed elements of a type. */
  static KvElements allocate(KvType type, int length) {
    return switch (type) {
      case F32 -> new F32(new float[length]);
      case F16 -> new F16(new short[length]);
    };
  }

  /** Element {@code index}, widened to f32. */
  float get(int index);

  /**
   * Writes {@code length} adjacent values of {@code source} to every {@code stride}-th element from
   * {@code index}, rounded to nearest even.
   */
  void put(float[] source, int sourceOffset, int length, int index, int stride);

  /** Elements stored as they are. */
  record F32(float[] values) implements KvElements {
    @Override
    public float get(int index) {
      return values[index];
    }

    @Override
    public void put(float[] source, int sourceOffset, int length, int index, int stride) {
      for (int i = 0; i < length; i++) {
        values[index + i * stride] = source[sourceOffset + i];
      }
    }
  }

  /** Elements stored as IEEE binary16 bits. */
  record F16(short[] bits) implements KvElements {
    @Override
    public float get(int index) {
      return Float.float16ToFloat(bits[index]);
    }

    @Override
    public void put(float[] source, int sourceOffset, int length, int index, int stride) {
      for (int i = 0; i < length; i++) {
        bits[index + i * stride] = Float.floatToFloat16(source[sourceOffset + i]);
      }
    }
  }
}
