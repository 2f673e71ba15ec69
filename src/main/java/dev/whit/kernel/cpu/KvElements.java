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
      case F16 -> new Int16(new short[length], new float[vectors]);
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

  /** Elements stored as 16-bit integers, times their vector's scale: its largest over 32767. */
  record Int16(short[] values, float[] scales) implements KvElements {
    private static final int LARGEST = Short.MAX_VALUE;

    @Override
    public float get(int index, int vector) {
      return values[index] * scales[vector];
    }

    @Override
    public void put(
        float[] source, int sourceOffset, int length, int index, int stride, int vector) {
      scales[vector] = scale(source, sourceOffset, length, LARGEST);
      float inverse = inverse(scales[vector]);
      for (int i = 0; i < length; i++) {
        values[index + i * stride] = (short) rounded(source[sourceOffset + i] * inverse);
      }
    }
  }

  /** Elements stored as bytes, times their vector's scale: its largest element over 127. */
  record Int8(byte[] values, float[] scales) implements KvElements {
    private static final int LARGEST = Byte.MAX_VALUE;

    @Override
    public float get(int index, int vector) {
      return values[index] * scales[vector];
    }

    @Override
    public void put(
        float[] source, int sourceOffset, int length, int index, int stride, int vector) {
      scales[vector] = scale(source, sourceOffset, length, LARGEST);
      float inverse = inverse(scales[vector]);
      for (int i = 0; i < length; i++) {
        values[index + i * stride] = (byte) rounded(source[sourceOffset + i] * inverse);
      }
    }
  }

  /** 1.5 · 2^23: adding it leaves the rounded value in the low bits of the sum. */
  float ROUND = 0x1.8p23f;

  /** A vector's largest magnitude over the largest integer; NaN if it has a NaN. */
  private static float scale(float[] source, int offset, int length, int most) {
    float largest = 0;
    for (int i = offset; i < offset + length; i++) {
      largest = Math.max(largest, Math.abs(source[i]));
    }
    float scale = largest / most;
    return scale < Float.MIN_NORMAL ? 0 : scale; // its inverse would be infinite
  }

  private static float inverse(float scale) {
    return scale == 0 ? 0 : 1 / scale;
  }

  private static int rounded(float value) {
    return Float.floatToRawIntBits(value + ROUND) - Float.floatToRawIntBits(ROUND);
  }
}
