package dev.whit.kernel.cpu;

import dev.whit.kernel.AttentionSpec;
import dev.whit.kernel.BatchLayout;
import dev.whit.kernel.BinaryFactorPath;
import dev.whit.kernel.BinaryFactorSpec;
import dev.whit.kernel.BitMatrix;
import dev.whit.kernel.Buffer;
import dev.whit.kernel.Kernels;
import dev.whit.kernel.KvShape;
import dev.whit.kernel.KvStore;
import dev.whit.kernel.KvType;
import dev.whit.kernel.Weights;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Runs the kernels whose inner loops are long against the plain ones, for their answers and their
 * speed. A compiler that gives up on a method of vectors leaves it a hundred times slower than a
 * plain loop, for ever and without a word; a server says so in its log. What is compiled here is
 * compiled for the first request too.
 */
public final class KernelSelfTest {
  /** Largest difference of two answers of about 1: only the order of their sums differs. */
  private static final float TOLERANCE = 1e-3f;

  private static final long NANOS = 1_000_000L; // in a millisecond
  private static final long PLAIN = 60 * NANOS;

  /** A busy machine may compile late. */
  private static final long PATIENCE = 30_000 * NANOS;

  /** One operation on one instance of kernels, and what it writes. */
  record Operation(Runnable run, Buffer out) {}

  /** The same operation as it should be and as it is. */
  record Case(String name, Operation plain, Operation tested) {}

  private final Consumer<String> log;
  private final Consumer<String> warn;
  private final long patience;

  KernelSelfTest(Consumer<String> log, Consumer<String> warn, long patience) {
    this.log = log;
    this.warn = warn;
    this.patience = patience;
  }

  /**
   * Tests the kernels that {@link CpuKernels#open} chooses here, on this thread, for about a
   * second; at the most for {@link #PATIENCE} each.
   *
   * @param log receives a line for what was found
   * @param warn receives a line for each kernel that is wrong, or slower than the plain one
   */
  public static void run(Consumer<String> log, Consumer<String> warn) {
    VectorProvider provider = new VectorProvider();
    if (provider.unavailableBecause().isPresent()) {
      return; // the plain ones are in use
    }
    try (Kernels plain = new ScalarKernels();
        Kernels tested = provider.open(1)) {
      new KernelSelfTest(log, warn, PATIENCE)
          .check(
              List.of(
                  of("factors, one row", plain, tested, kernels -> factors(kernels, 1)),
                  of("factors, many rows", plain, tested, kernels -> factors(kernels, 8)),
                  of("attention, one row", plain, tested, kernels -> attention(kernels, 1)),
                  of("attention, many rows", plain, tested, kernels -> attention(kernels, 8))));
    }
  }

  private interface Setup {
    Operation on(Kernels kernels);
  }

  private static Case of(String name, Kernels plain, Kernels tested, Setup setup) {
    return new Case(name, setup.on(plain), setup.on(tested));
  }

  void check(List<Case> cases) {
    StringBuilder ratios = new StringBuilder();
    for (Case test : cases) {
      double ratio = ratio(test);
      ratios.append(
          String.format(
              Locale.ROOT, "%s%s %.1f", ratios.isEmpty() ? "" : "; ", test.name(), ratio));
      if (ratio <= 1) {
        warn.accept(
            String.format(
                Locale.ROOT,
                "the kernel of %s is slow: %.2f times the speed of the plain loops after %d ms. Was"
                    + " it compiled? Look for it with -XX:+PrintCompilation in WHIT_JAVA_OPTS",
                test.name(),
                ratio,
                patience / NANOS));
      }
      float difference = difference(test.plain().out(), test.tested().out());
      if (!(difference <= TOLERANCE)) {
        warn.accept(
            "the kernel of %s is wrong here: its answers differ by %g from the plain one's"
                .formatted(test.name(), difference));
      }
    }
    log.accept("kernels against plain loops, times their speed: " + ratios);
  }

  /** How many times the plain speed is reached; looks no further once that is clear. */
  private double ratio(Case test) {
    long plain = Long.MAX_VALUE;
    // Several times, for the plain loops must be compiled too.
    for (long start = System.nanoTime(), runs = 0;
        runs < 3 || System.nanoTime() - start < PLAIN;
        runs++) {
      plain = Math.min(plain, time(test.plain()));
    }
    long best = Long.MAX_VALUE;
    long start = System.nanoTime();
    for (long pause = 0; best > plain / 4 && System.nanoTime() - start < patience; ) {
      LockSupport.parkNanos(pause);
      long took = time(test.tested());
      best = Math.min(best, took);
      pause = took; // half of the time is the compiler's, which may share this processor
    }
    return (double) plain / best;
  }

  private static long time(Operation operation) {
    long start = System.nanoTime();
    operation.run().run();
    return Math.max(1, System.nanoTime() - start);
  }

  private static float difference(Buffer expected, Buffer actual) {
    float[] a = new float[expected.length()];
    float[] b = new float[a.length];
    expected.read(0, a, 0, a.length);
    actual.read(0, b, 0, b.length);
    float largest = 0;
    for (int i = 0; i < a.length; i++) {
      largest = Math.max(largest, Math.abs(a[i] - b[i]));
    }
    return largest;
  }

  private static Operation factors(Kernels kernels, int rows) {
    int inputs = 1024;
    int hidden = 264; // neither whole blocks nor whole words
    int outputs = 1000;
    SplittableRandom random = new SplittableRandom(1);
    BinaryFactorPath path =
        new BinaryFactorPath(
            0,
            values(random, inputs, 0.06f),
            signs(random, hidden, inputs),
            values(random, hidden, 0.12f),
            signs(random, outputs, hidden),
            values(random, outputs, 1));
    Weights weights = kernels.prepare(new BinaryFactorSpec(inputs, outputs, List.of(path), null));
    Buffer x = buffer(kernels, values(random, rows * inputs, 1));
    Buffer y = kernels.allocate(rows * outputs);
    return new Operation(() -> kernels.linear(weights, x, rows, y, 0, outputs), y);
  }

  /** The last {@code rows} of a sequence of some blocks. */
  private static Operation attention(Kernels kernels, int rows) {
    int heads = 4;
    int headDim = 64;
    int blockSize = 16;
    int context = 10 * blockSize + 5;
    int blocks = context / blockSize + 1;
    int stride = 3 * heads * headDim;
    AttentionSpec spec = new AttentionSpec(heads, heads, headDim, 0.125f, 0, 0);
    Buffer qkv = buffer(kernels, values(new SplittableRandom(2), context * stride, 2));
    KvStore cache =
        kernels.allocateKv(new KvShape(1, blocks, blockSize, heads, headDim, KvType.F16));
    BatchLayout batch = new BatchLayout(context, 1, blocks);
    Arrays.setAll(batch.slots, i -> i);
    Arrays.setAll(batch.blockTable, i -> i);
    batch.tokens = context;
    kernels.storeKv(qkv, stride, heads * headDim, 2 * heads * headDim, batch, cache, 0);
    batch.tokens = rows;
    batch.sequences = 1;
    batch.queryStart[1] = rows;
    batch.contextLength[0] = context;
    Arrays.setAll(batch.positions, i -> context - rows + i);
    Buffer out = kernels.allocate(rows * heads * headDim);
    return new Operation(() -> kernels.attention(spec, qkv, stride, batch, cache, 0, out), out);
  }

  private static Buffer buffer(Kernels kernels, float[] values) {
    Buffer buffer = kernels.allocate(values.length);
    buffer.write(values, 0, 0, values.length);
    return buffer;
  }

  private static float[] values(SplittableRandom random, int length, float bound) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextDouble(-bound, bound);
    }
    return values;
  }

  private static BitMatrix signs(SplittableRandom random, int rows, int cols) {
    int[] words = random.ints((long) rows * BitMatrix.wordsPerRow(cols)).toArray();
    return new BitMatrix(rows, cols, MemorySegment.ofArray(words));
  }
}
