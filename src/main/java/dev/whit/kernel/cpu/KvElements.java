package dev.whit.kernel.cpu;

import dev.whit.kernel.KvType;

/**
 * One layer's keys or values, in the layout of {@link HostKvStore}. A <em>vector</em> is one head
 * of one token: [block, kvHead, slot] numbers them.
 */
sealed interface KvElements {
  /** Zeroed elements of a type: {@code vectors} of {@code headDim} each. */
  static KvElements allocate(KvType type, int vectors, int headDim) {
    int length = Math.multiplyExact(vectors, headDim);
    return switch (type) {
      case F32 -> new F32(new float[length]);
      case F16 -> new F16(new short[length]);
      case INT8 -> new Int8(new byte[length], new float[vectors]);
    };
  }

  /** Element {@code index} of a vector, widened to f32. */
  float get(int index, int vector);

  /**
   * Writes a vector, {@code length} adjacent values of {@code source}, to every {@code stride}-th
   * element from {@code index}, rounded to nearest even.
   */
  void put(float[] source, int sourceOffset, int length, int index, int stride, int vector);

  /** Elements stored as they are. */
  record F32(float[] values) implements KvElements {
    @Override
    public float get(int index, int vector) {
      return values[index];
    }

    @Override
    public void put(
        float[] source, int sourceOffset, int length, int index, int stride, int vector) {
      for (int i = 0; i < length; i++) {
        values[index + i * stride] = source[sourceOffset + i];
      }
    }
  }

  /** Elements stored as IEEE binary16 bits. */
  record F16(short[] bits) implements KvElements {
    @Override
    public float get(int index, int vector) {
      return Float.float16ToFloat(bits[index]);
    }

    @Override
    public void put(
        float[] source, int sourceOffset, int length, int index, int stride, int vector) {
      for (int i = 0; i < length; i++) {
        bits[index + i * stride] = Float.floatToFloat16(source[sourceOffset + i]);
      }
    }
  }

  /** Elements stored as bytes, times their vector's scale: its largest element over 127. */
  record Int8(byte[] values, float[] scales) implements KvElements {
    private static final float LARGEST = 127;

    @Override
    public float get(int index, int vector) {
      return values[index] * scales[vector];
    }

    @Override
    public void put(
        float[] source, int sourceOffset, int length, int index, int stride, int vector) {
      float largest = 0;
      for (int i = 0; i < length; i++) {
        largest = Math.max(largest, Math.abs(source[sourceOffset + i]));
      }
      float scale = largest / LARGEST;
      scales[vector] = scale;
      for (int i = 0; i < length; i++) {
        // A scale too small for an f32 is 0; the element is then rounded to 0, not divided by it.
        float scaled = scale == 0 ? 0 : source[sourceOffset + i] / scale;
        values[index + i * stride] =
            (byte) Math.max(-LARGEST, Math.min(LARGEST, Math.rint(scaled)));
      }
    }
  }
}
