package dev.whit.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * ggml's block quantisations ({@code ggml-common.h}, {@code ggml-quants.c}): an element is a small
 * integer times its block's scale, some plus a minimum; the K kinds scale groups of a block of 256
 * apart. d and m below are f16 scale and minimum, a nibble pair holds elements that are half a
 * block, or 32, apart.
 */
public final class BlockQuantization {
  private static final int SMALL = 32;
  private static final int LARGE = 256;
  private static final int GROUP = 64;

  private final MemorySegment data;

  private BlockQuantization(MemorySegment data) {
    this.data = data;
  }

  /**
   * Widens elements to f32.
   *
   * @param type a quantised type
   * @param data blocks from the tensor's first on
   * @param first first element, a multiple of the block's
   * @param length number of elements, likewise
   * @param target receives them from 0 on
   */
  public static void widen(DType type, MemorySegment data, long first, int length, float[] target) {
    BlockQuantization blocks = new BlockQuantization(data);
    int step = type.blockElements();
    long at = type.byteSize(first);
    for (int i = 0; i < length; i += step, at += type.byteSize(step)) {
      switch (type) {
        case Q4_0 -> blocks.q4(at, false, target, i);
        case Q4_1 -> blocks.q4(at, true, target, i);
        case Q5_0 -> blocks.q5(at, false, target, i);
        case Q5_1 -> blocks.q5(at, true, target, i);
        case Q8_0 -> blocks.q8(at, target, i);
        case Q4_K -> blocks.q4k(at, target, i);
        case Q5_K -> blocks.q5k(at, target, i);
        case Q6_K -> blocks.q6k(at, target, i);
        case BOOL, U8, I8, I16, U16, F16, BF16, I32, U32, F32, I64, U64, F64 ->
            throw new IllegalArgumentException(type + " is not quantised");
      }
    }
  }

  private int u8(long at) {
    return Byte.toUnsignedInt(data.get(ValueLayout.JAVA_BYTE, at));
  }

  private int i8(long at) {
    return data.get(ValueLayout.JAVA_BYTE, at);
  }

  private float f16(long at) {
    return Float.float16ToFloat(data.get(LittleEndian.SHORT, at));
  }

  /** d, [m], 16 nibble pairs: q·d + m, or (q − 8)·d. */
  private void q4(long at, boolean hasMinimum, float[] target, int to) {
    float d = f16(at);
    float m = hasMinimum ? f16(at + 2) : 0;
    int zero = hasMinimum ? 0 : 8;
    long pairs = at + (hasMinimum ? 4 : 2);
    for (int j = 0; j < SMALL / 2; j++) {
      int pair = u8(pairs + j);
      target[to + j] = ((pair & 0xF) - zero) * d + m;
      target[to + j + SMALL / 2] = ((pair >> 4) - zero) * d + m;
    }
  }

  /** d, [m], 32 fifth bits, 16 nibble pairs: q·d + m, or (q − 16)·d. */
  private void q5(long at, boolean hasMinimum, float[] target, int to) {
    float d = f16(at);
    float m = hasMinimum ? f16(at + 2) : 0;
    int zero = hasMinimum ? 0 : 16;
    long bits = at + (hasMinimum ? 4 : 2);
    int high = data.get(LittleEndian.INT, bits);
    for (int j = 0; j < SMALL / 2; j++) {
      int pair = u8(bits + 4 + j);
      int low = (pair & 0xF) | (((high >>> j) & 1) << 4);
      int up = (pair >> 4) | (((high >>> (j + SMALL / 2)) & 1) << 4);
      target[to + j] = (low - zero) * d + m;
      target[to + j + SMALL / 2] = (up - zero) * d + m;
    }
  }

  /** d, 32 signed bytes. */
  private void q8(long at, float[] target, int to) {
    float d = f16(at);
    for (int j = 0; j < SMALL; j++) {
      target[to + j] = i8(at + 2 + j) * d;
    }
  }

  /** Scale of group {@code j} of 8: six bits, the last four groups' split over two bytes. */
  private int scaleK(long scales, int j) {
    return j < 4
        ? u8(scales + j) & 63
        : (u8(scales + j + 4) & 0xF) | ((u8(scales + j - 4) >> 6) << 4);
  }

  /** Minimum of group {@code j} of 8, likewise. */
  private int minimumK(long scales, int j) {
    return j < 4
        ? u8(scales + j + 4) & 63
        : (u8(scales + j + 4) >> 4) | ((u8(scales + j) >> 6) << 4);
  }

  /** d, m, 12 bytes of group scales and minima, 128 nibble pairs: q·(d·s) − m·min. */
  private void q4k(long at, float[] target, int to) {
    groupsK(at, at + 16, -1, target, to);
  }

  /** The same with 32 bytes of fifth bits before the nibble pairs. */
  private void q5k(long at, float[] target, int to) {
    groupsK(at, at + 16 + SMALL, at + 16, target, to);
  }

  private void groupsK(long at, long pairs, long fifthBits, float[] target, int to) {
    float d = f16(at);
    float m = f16(at + 2);
    long scales = at + 4;
    for (int g = 0; g < LARGE / GROUP; g++) {
      float lowScale = d * scaleK(scales, 2 * g);
      float lowMinimum = m * minimumK(scales, 2 * g);
      float highScale = d * scaleK(scales, 2 * g + 1);
      float highMinimum = m * minimumK(scales, 2 * g + 1);
      for (int l = 0; l < SMALL; l++) {
        int pair = u8(pairs + (long) g * SMALL + l);
        int fifths = fifthBits < 0 ? 0 : u8(fifthBits + l) >> (2 * g);
        int low = (pair & 0xF) + ((fifths & 1) << 4);
        int high = (pair >> 4) + (((fifths >> 1) & 1) << 4);
        target[to + g * GROUP + l] = lowScale * low - lowMinimum;
        target[to + g * GROUP + l + SMALL] = highScale * high - highMinimum;
      }
    }
  }

  /** 128 nibble pairs, 64 bytes of bit pairs, 16 signed group scales, d: (q − 32)·(d·s). */
  private void q6k(long at, float[] target, int to) {
    float d = f16(at + 208);
    for (int half = 0; half < 2; half++) {
      long low = at + half * 64L;
      long high = at + 128 + half * 32L;
      long scales = at + 192 + half * 8L;
      int base = to + half * 128;
      for (int l = 0; l < SMALL; l++) {
        int twos = u8(high + l);
        int first = u8(low + l);
        int second = u8(low + SMALL + l);
        int group = l / 16;
        int[] q = {
          (first & 0xF) | ((twos & 3) << 4),
          (second & 0xF) | (((twos >> 2) & 3) << 4),
          (first >> 4) | (((twos >> 4) & 3) << 4),
          (second >> 4) | ((twos >> 6) << 4)
        };
        for (int k = 0; k < q.length; k++) {
          target[base + k * SMALL + l] = d * i8(scales + group + 2L * k) * (q[k] - 32);
        }
      }
    }
  }
}
