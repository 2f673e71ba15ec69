package dev.whit.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Shapes that do not fit their buffers are refused before anything is written. */
interface ArgumentsContract extends KernelsUnderTest {
  @Test
  default void buffersAreZeroedAndCopyRanges() {
    Buffer buffer = kernels().allocate(5);
    assertThat(buffer.length()).isEqualTo(5);
    assertThat(read(buffer)).containsOnly(0);
    buffer.write(new float[] {9, 1, 2, 9}, 1, 2, 2);
    float[] target = new float[4];
    buffer.read(1, target, 1, 3);
    assertThat(target).containsExactly(0, 0, 1, 2);
    refused(() -> kernels().allocate(-1));
    refused(() -> buffer.write(new float[2], 1, 0, 2));
    refused(() -> buffer.write(new float[9], 0, 4, 2));
    refused(() -> buffer.read(-1, new float[2], 0, 1));
    refused(() -> buffer.read(0, new float[9], 0, 6));
  }

  @Test
  default void linearRefusesWhatDoesNotFit() {
    Buffer x = buffer(new float[12]);
    Buffer y = guarded(20);
    List<Weights> layers =
        List.of(
            kernels().prepare(new RandomFactors(1, 6, 4).path(0, 4, 8, true).spec()),
            kernels().prepare(dense(4, 6)));
    for (Weights weights : layers) {
      refused(() -> kernels().linear(weights, x, 3, y, 0, 4));
      refused(() -> kernels().linear(weights, x, -1, y, 0, 4));
      refused(() -> kernels().linear(weights, x, 2, y, 1, 4));
      refused(() -> kernels().linear(weights, x, 2, y, -1, 8));
      refused(() -> kernels().linear(weights, x, 2, y, 13, 17));
      refused(() -> kernels().linear(weights, x, 2, y, 0, Integer.MAX_VALUE));
      refused(() -> kernels().linear(weights, y, 2, y, 0, 4));
      kernels().linear(weights, x, 0, y, 0, 4);
    }
    assertThat(read(y)).containsOnly(GUARD);
  }

  @Test
  default void rowOperationsRefuseWhatDoesNotFit() {
    Buffer x = buffer(new float[12]);
    Buffer narrow = buffer(new float[3]);
    Buffer y = guarded(12);
    refused(() -> kernels().rmsNorm(x, narrow, 1e-5f, 3, 4, y));
    refused(() -> kernels().rmsNorm(x, x, 1e-5f, 4, 4, y));
    refused(() -> kernels().rmsNorm(x, x, 1e-5f, 2, 0, y));
    refused(() -> kernels().rmsNorm(x, x, 1e-5f, 1 << 16, 1 << 16, y));
    refused(() -> kernels().rope(y, 2, 6, 2, 4, 4, x, x));
    refused(() -> kernels().rope(y, 3, 4, 1, 4, 6, x, x));
    refused(() -> kernels().rope(y, 3, 4, 1, 4, 3, x, x));
    refused(() -> kernels().rope(y, 4, 4, 1, 4, 4, x, x));
    refused(() -> kernels().rope(y, 3, 4, 1, 4, 4, x, narrow));
    refused(() -> kernels().gatedActivation(Activation.SILU, x, 2, 4, y));
    refused(() -> kernels().gatedActivation(Activation.SILU, x, 2, 3, narrow));
    refused(() -> kernels().gatedActivation(Activation.SILU, y, 2, 3, y));
    refused(() -> kernels().add(y, narrow, 4));
    refused(() -> kernels().add(y, x, -1));
    refused(() -> kernels().gatherRows(x, 4, new int[] {0, 3}, 2, y));
    refused(() -> kernels().gatherRows(x, 4, new int[] {0, -1}, 2, y));
    refused(() -> kernels().gatherRows(x, 4, new int[] {0}, 2, y));
    refused(() -> kernels().gatherRows(x, 4, new int[4], 4, y));
    refused(() -> kernels().gatherRows(y, 4, new int[2], 2, y));
    assertThat(read(y)).containsOnly(GUARD);
  }

  @Test
  default void embedRefusesWhatDoesNotFit() {
    DenseWeights table = kernels().prepare(dense(3, 4));
    BatchLayout batch = new BatchLayout(2, 1, 1);
    Buffer out = guarded(8);
    batch.tokens = 2;
    batch.tokenIds[1] = 3;
    refused(() -> kernels().embed(table, batch, 1, out));
    batch.tokenIds[1] = -1;
    refused(() -> kernels().embed(table, batch, 1, out));
    batch.tokenIds[1] = 2;
    refused(() -> kernels().embed(table, batch, 1, buffer(new float[7])));
    batch.tokens = 3;
    refused(() -> kernels().embed(table, batch, 1, out));
    assertThat(read(out)).containsOnly(GUARD);
  }

  @Test
  default void attentionRefusesWhatDoesNotFit() {
    AttentionSpec spec = new AttentionSpec(2, 1, 4, 1, 0, 0);
    BatchLayout batch = new BatchLayout(2, 1, 3);
    batch.tokens = 2;
    batch.sequences = 1;
    batch.queryStart[1] = 2;
    batch.contextLength[0] = 5;
    batch.positions[0] = 3;
    batch.positions[1] = 4;
    batch.blockTable[1] = 1;
    Buffer qkv = buffer(new float[32]);
    Buffer out = guarded(16);
    KvStore cache = kernels().allocateKv(new KvShape(1, 2, 4, 1, 4, KvType.F32));

    refused(() -> kernels().attention(spec, qkv, 7, batch, cache, 0, out));
    refused(() -> kernels().attention(spec, qkv, 16, batch, cache, 1, out));
    refused(() -> kernels().attention(spec, qkv, 25, batch, cache, 0, out));
    refused(() -> kernels().attention(spec, out, 8, batch, cache, 0, out));
    refused(() -> kernels().attention(spec, qkv, 16, batch, cache, 0, buffer(new float[15])));
    refused(() ->
        kernels().attention(new AttentionSpec(2, 2, 4, 1, 0, 0), qkv, 16, batch, cache, 0, out));
    refused(() ->
        kernels().attention(new AttentionSpec(2, 1, 8, 1, 0, 0), qkv, 16, batch, cache, 0, out));
    batch.blockTable[1] = 2;
    refused(() -> kernels().attention(spec, qkv, 16, batch, cache, 0, out));
    batch.blockTable[1] = 1;
    batch.positions[1] = 5;
    refused(() -> kernels().attention(spec, qkv, 16, batch, cache, 0, out));
    batch.positions[1] = 4;
    batch.contextLength[0] = 13;
    refused(() -> kernels().attention(spec, qkv, 16, batch, cache, 0, out));
    batch.contextLength[0] = 5;
    batch.queryStart[1] = 1;
    refused(() -> kernels().attention(spec, qkv, 16, batch, cache, 0, out));
    assertThat(read(out)).containsOnly(GUARD);
  }

  @Test
  default void storeKvRefusesWhatDoesNotFit() {
    BatchLayout batch = new BatchLayout(2, 1, 3);
    batch.tokens = 2;
    batch.slots[1] = 8;
    Buffer qkv = buffer(new float[32]);
    KvStore cache = kernels().allocateKv(new KvShape(1, 2, 4, 1, 4, KvType.F16));
    refused(() -> kernels().storeKv(qkv, 16, 8, 12, batch, cache, 0));
    batch.slots[1] = 7;
    kernels().storeKv(qkv, 16, 8, 12, batch, cache, 0);
    refused(() -> kernels().storeKv(qkv, 16, 8, 13, batch, cache, 0));
    refused(() -> kernels().storeKv(qkv, 16, -1, 12, batch, cache, 0));
    refused(() -> kernels().storeKv(qkv, 17, 8, 12, batch, cache, 0));
    refused(() -> kernels().storeKv(qkv, 16, 8, 12, batch, cache, -1));
    cache.close();
    refused(() -> kernels().storeKv(qkv, 16, 8, 12, batch, cache, 0));
  }

  @Test
  default void cachesTooLargeForThisDeviceAreRefused() {
    refused(
        () -> kernels().allocateKv(new KvShape(1, 1 << 30, 1 << 30, 1 << 30, 1 << 30, KvType.F16)));
  }

  @Test
  default void closedBuffersAreRefused() {
    Buffer x = buffer(1, 2);
    Buffer y = guarded(2);
    x.close();
    refused(() -> kernels().add(y, x, 2));
    assertThat(read(y)).containsOnly(GUARD);
  }

  private static DenseSpec dense(int outputs, int inputs) {
    MemorySegment zeros = MemorySegment.ofArray(new byte[4 * outputs * inputs]);
    return new DenseSpec(inputs, List.of(new DenseSpec.Block(outputs, FloatType.F32, zeros)), null);
  }
}
