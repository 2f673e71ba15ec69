package dev.whit.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Blocks are written here bit by bit from integers and scales chosen at random, by ggml's
 * descriptions of where each bit goes, and must read as integer times scale.
 */
class BlockQuantizationTest {
  private static final int BLOCKS = 7;

  private final Random random = new Random(1);
  private byte[] block = {};
  private float[] expected = {};

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "Q.*")
  void readsWhatWasWritten(DType type) {
    int step = type.blockElements();
    byte[] data = new byte[(int) type.byteSize((long) BLOCKS * step) + 1];
    float[] all = new float[BLOCKS * step];
    for (int b = 0; b < BLOCKS; b++) {
      write(type);
      System.arraycopy(block, 0, data, 1 + b * block.length, block.length);
      System.arraycopy(expected, 0, all, b * step, step);
    }
    // At an odd address, and from the third block on too.
    MemorySegment stored = MemorySegment.ofArray(data).asSlice(1);
    float[] read = new float[all.length];
    BlockQuantization.widen(type, stored, 0, all.length, read);
    assertThat(read).isEqualTo(all);
    float[] part = new float[2 * step];
    BlockQuantization.widen(type, stored, 2L * step, part.length, part);
    assertThat(part).containsExactly(Arrays.copyOfRange(all, 2 * step, 4 * step));
  }

  @Test
  void elementsOfATensorAreReadOneByOneToo() {
    write(DType.Q4_K);
    Tensor tensor =
        new Tensor(
            "t",
            Path.of("f"),
            0,
            DType.Q4_K,
            new long[] {256},
            new long[] {1},
            MemorySegment.ofArray(block));
    assertThat(TensorData.floats(tensor)).isEqualTo(expected);
    assertThat(TensorData.element(tensor, 77)).isEqualTo(expected[77]);
  }

  private void write(DType type) {
    block = new byte[(int) type.byteSize(type.blockElements())];
    expected = new float[type.blockElements()];
    switch (type) {
      case Q4_0 -> small(4, false);
      case Q4_1 -> small(4, true);
      case Q5_0 -> small(5, false);
      case Q5_1 -> small(5, true);
      case Q8_0 -> {
        float d = half(0);
        for (int j = 0; j < 32; j++) {
          int q = random.nextInt(256) - 128;
          block[2 + j] = (byte) q;
          expected[j] = q * d;
        }
      }
      case Q4_K -> large(4);
      case Q5_K -> large(5);
      case Q6_K -> {
        float d = half(208);
        for (int i = 0; i < 256; i++) {
          int q = random.nextInt(64);
          // Quarters of 32 in each half of 128: low nibbles of the first two, then high ones.
          int inHalf = i % 128;
          int low = i / 128 * 64 + inHalf % 64;
          block[low] |= (byte) ((q & 15) << (inHalf < 64 ? 0 : 4));
          block[128 + i / 128 * 32 + i % 32] |= (byte) ((q >> 4) << (2 * (inHalf / 32)));
          if (i % 16 == 0) {
            block[192 + i / 16] = (byte) (random.nextInt(256) - 128);
          }
          expected[i] = d * block[192 + i / 16] * (q - 32);
        }
      }
      case BOOL, U8, I8, I16, U16, F16, BF16, I32, U32, F32, I64, U64, F64 ->
          throw new AssertionError(type);
    }
  }

  /** A random f16 at an offset of the block. */
  private float half(int at) {
    short bits = Float.floatToFloat16((float) random.nextGaussian());
    block[at] = (byte) bits;
    block[at + 1] = (byte) (bits >> 8);
    return Float.float16ToFloat(bits);
  }

  private void small(int bits, boolean hasMinimum) {
    float d = half(0);
    float m = hasMinimum ? half(2) : 0;
    int high = hasMinimum ? 4 : 2;
    int pairs = high + (bits == 5 ? 4 : 0);
    for (int j = 0; j < 32; j++) {
      int q = random.nextInt(1 << bits);
      block[pairs + j % 16] |= (byte) ((q & 15) << (j < 16 ? 0 : 4));
      if (bits == 5) {
        block[high + j / 8] |= (byte) ((q >> 4) << (j % 8));
      }
      // + 0, because −0 is read as 0.
      expected[j] = (hasMinimum ? q * d : (q - (1 << (bits - 1))) * d) + m;
    }
  }

  private void large(int bits) {
    float d = half(0);
    float m = half(2);
    int fifths = 16;
    int pairs = 16 + (bits == 5 ? 32 : 0);
    for (int g = 0; g < 8; g++) {
      int scale = random.nextInt(64);
      int minimum = random.nextInt(64);
      // Six bits each: groups 0 to 3 whole, those of 4 to 7 in what is left of the 12 bytes.
      if (g < 4) {
        block[4 + g] |= (byte) scale;
        block[8 + g] |= (byte) minimum;
      } else {
        block[8 + g] |= (byte) ((scale & 15) | ((minimum & 15) << 4));
        block[g] |= (byte) ((scale >> 4) << 6);
        block[4 + g] |= (byte) ((minimum >> 4) << 6);
      }
      for (int l = 0; l < 32; l++) {
        int q = random.nextInt(1 << bits);
        block[pairs + g / 2 * 32 + l] |= (byte) ((q & 15) << (g % 2 * 4));
        if (bits == 5) {
          block[fifths + l] |= (byte) ((q >> 4) << g);
        }
        expected[g * 32 + l] = d * scale * q - m * minimum;
      }
    }
  }
}
