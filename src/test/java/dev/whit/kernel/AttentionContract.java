package dev.whit.kernel;

import static dev.whit.kernel.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attention over the paged cache: relative error at most 2e-6, the same bits in any chunks. */
interface AttentionContract extends KernelsUnderTest {
  double TOLERANCE = 2e-6;

  @ParameterizedTest
  @CsvSource({
    "1, 1, 2, 16, 0, 0",
    "3, 3, 16, 16, 0, 0",
    "4, 2, 24, 5, 0, 0",
    "8, 2, 64, 16, 0, 0",
    "7, 1, 80, 32, 0, 0",
    "6, 2, 128, 16, 0, 0",
    "4, 2, 3, 1, 0, 0",
    "4, 4, 64, 16, 1, 0",
    "4, 2, 64, 16, 7, 0",
    "4, 1, 64, 8, 33, 0",
    "4, 2, 16, 16, 500, 0",
    "4, 2, 64, 16, 0, 1.5",
    "6, 3, 24, 7, 12, 50",
  })
  default void attentionMatchesItsDefinition(
      int heads, int kvHeads, int headDim, int blockSize, int window, float softCap) {
    float scale = (float) (1 / Math.sqrt(headDim));
    AttentionSpec spec = new AttentionSpec(heads, kvHeads, headDim, scale, window, softCap);
    for (KvType type : KvType.values()) {
      AttentionCase sequences = new AttentionCase(spec, blockSize, type, 1, 37, 16, 70);
      float[][] whole = sequences.run(this, 100, true);
      for (int s = 0; s < whole.length; s++) {
        String what = spec + ", " + type + ", sequence " + s;
        assertClose(what, whole[s], sequences.expected(s), TOLERANCE);
      }
      for (int chunk : new int[] {1, 2, 5, 16, 33}) {
        assertThat(sequences.run(this, chunk, true)).as("chunks of %d", chunk).isDeepEqualTo(whole);
      }
      assertThat(sequences.run(this, 3, false)).as("one at a time").isDeepEqualTo(whole);
    }
  }

  @Test
  default void longContextsStayAccurate() {
    AttentionSpec spec = new AttentionSpec(2, 1, 64, 0.125f, 0, 0);
    AttentionCase sequence = new AttentionCase(spec, 16, KvType.F16, 600);
    float[][] whole = sequence.run(this, 600, true);
    assertClose("600 tokens", whole[0], sequence.expected(0), TOLERANCE);
    assertThat(sequence.run(this, 128, true)).isDeepEqualTo(whole);
  }

  @Test
  default void largeScoresNeitherOverflowNorVanish() {
    // Scores of up to some ±600 carry a rounding error of 600 · 2^-24 each.
    AttentionSpec spec = new AttentionSpec(2, 2, 16, 40, 0, 0);
    AttentionCase sequence = new AttentionCase(spec, 16, KvType.F32, 50);
    assertClose("large", sequence.run(this, 50, true)[0], sequence.expected(0), 5e-5);
  }

  @Test
  default void blocksBehindTheWindowMayBeGone() {
    AttentionSpec spec = new AttentionSpec(1, 1, 4, 1, 8, 0);
    BatchLayout batch = new BatchLayout(2, 1, 4);
    batch.tokens = 2;
    batch.sequences = 1;
    batch.queryStart[1] = 2;
    batch.contextLength[0] = 26;
    batch.positions[0] = 24;
    batch.positions[1] = 25;
    // The first query sees the positions 17 to 24: blocks 2 and 3 of 8 slots.
    batch.blockTable[0] = -1;
    batch.blockTable[1] = -1;
    batch.blockTable[2] = 1;
    batch.blockTable[3] = 0;
    batch.slots[0] = 0;
    batch.slots[1] = 1;
    try (KvStore cache = kernels().allocateKv(new KvShape(1, 2, 8, 1, 4, KvType.F32))) {
      BatchLayout fill = new BatchLayout(16, 1, 1);
      fill.tokens = 16;
      for (int i = 0; i < 16; i++) {
        fill.slots[i] = i;
      }
      float[] kv = new float[16 * 8];
      Arrays.fill(kv, 2);
      kernels().storeKv(buffer(kv), 8, 0, 4, fill, cache, 0);
      Buffer out = guarded(8);
      kernels().attention(spec, buffer(new float[8]), 4, batch, cache, 0, out);
      assertThat(read(out)).containsOnly(2);
    }
  }
}
