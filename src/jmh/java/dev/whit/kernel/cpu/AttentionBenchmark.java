package dev.whit.kernel.cpu;

import dev.whit.kernel.AttentionSpec;
import dev.whit.kernel.BatchLayout;
import dev.whit.kernel.Buffer;
import dev.whit.kernel.Kernels;
import dev.whit.kernel.KvShape;
import dev.whit.kernel.KvStore;
import dev.whit.kernel.KvType;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One layer's attention at a context of 1024: the last {@code rows} tokens of a sequence, 1 being a
 * decode step. The layers take turns, so that the cache comes from memory as in a model. The answer
 * is checked against the scalar kernels.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class AttentionBenchmark {
  private static final int CONTEXT = 1024;
  private static final int BLOCK_SIZE = 16;
  private static final int LAYERS = 8;

  @Param({"1", "64"})
  int rows;

  @Param({"1", "2"})
  int threads;

  /** Llama-2-7B: 32 of 32 heads; Llama-3-8B: 32 over 8. */
  @Param({"32", "8"})
  int kvHeads;

  @Param KvType type;

  private final BatchLayout batch = new BatchLayout(CONTEXT, 1, CONTEXT / BLOCK_SIZE);
  private Kernels kernels;
  private AttentionSpec spec;
  private KvStore cache;
  private Buffer qkv;
  private Buffer out;
  private int layer;

  /** Fills every layer of a cache with the same random keys and values. */
  @Setup
  public void open() {
    spec = new AttentionSpec(32, kvHeads, 128, 0.088f, 0, 0);
    float[] expected = run(new ScalarKernels(), 1);
    kernels = new VectorKernels(threads);
    float[] actual = run(kernels, LAYERS);
    for (int i = 0; i < expected.length; i++) {
      if (!(Math.abs(actual[i] - expected[i]) < 1e-5)) {
        throw new IllegalStateException("element " + i + ": " + actual[i] + ", " + expected[i]);
      }
    }
  }

  private float[] run(Kernels on, int layers) {
    int stride = (32 + 2 * kvHeads) * 128;
    float[] values = new float[CONTEXT * stride];
    Random random = new Random(1);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    qkv = on.allocate(values.length);
    qkv.write(values, 0, 0, values.length);
    out = on.allocate(rows * 32 * 128);
    cache =
        on.allocateKv(new KvShape(layers, CONTEXT / BLOCK_SIZE, BLOCK_SIZE, kvHeads, 128, type));
    Arrays.setAll(batch.slots, i -> i);
    Arrays.setAll(batch.blockTable, i -> i);
    batch.tokens = CONTEXT;
    for (int l = 0; l < layers; l++) {
      on.storeKv(qkv, stride, 32 * 128, (32 + kvHeads) * 128, batch, cache, l);
    }
    batch.tokens = rows;
    batch.sequences = 1;
    batch.queryStart[1] = rows;
    batch.contextLength[0] = CONTEXT;
    Arrays.setAll(batch.positions, i -> CONTEXT - rows + i);
    on.attention(spec, qkv, stride, batch, cache, 0, out);
    float[] result = new float[out.length()];
    out.read(0, result, 0, result.length);
    return result;
  }

  @TearDown
  public void close() {
    kernels.close();
  }

  /** Attention of one layer. */
  @Benchmark
  public void attention() {
    layer = (layer + 1) % LAYERS;
    kernels.attention(spec, qkv, (32 + 2 * kvHeads) * 128, batch, cache, layer, out);
  }
}
