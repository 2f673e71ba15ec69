package dev.whit.app;

import com.sun.management.OperatingSystemMXBean;
import dev.whit.config.ByteSize;
import dev.whit.kernel.KvType;
import dev.whit.model.ModelConfig;
import dev.whit.model.loading.HeadType;
import dev.whit.model.loading.LinearSummary;
import dev.whit.model.loading.MemoryPlan;
import dev.whit.model.loading.ModelSummary;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How much memory models may take on the CPU, together. Factors, caches and activations live in the
 * heap. Dense weights are read from the files' pages in every step, so that they need room too,
 * though it is the page cache's.
 */
public final class MemoryBudget {
  private static final Path MEMINFO = Path.of("/proc/meminfo");
  private static final String AVAILABLE = "MemAvailable:";
  private static final long MIN_RESERVE = 256L << 20;

  /** Part of the heap that is kept for requests and for the collector to work in. */
  private static final double RESERVE = 0.1;

  /** Factors are re-laid for the kernels in about this many times their bytes. */
  private static final double RELAID = 1.07;

  /**
   * Most tokens of a step, while there are fewer sequences: on a CPU enough to use each weight for
   * many tokens, and few enough that a long prompt does not hold up the other sequences for long.
   */
  public static final int STEP_TOKENS = 128;

  private static final int BLOCK_SIZE = 16;

  private final long limit;
  private long heapTaken;
  private long mappedTaken;

  /**
   * @param limit most bytes that models may take together; none: what the machine has
   */
  public MemoryBudget(Optional<ByteSize> limit) {
    this.limit = limit.map(ByteSize::bytes).orElse(Long.MAX_VALUE);
  }

  /**
   * Memory of a model's weights.
   *
   * @param heap bytes of the heap
   * @param mapped bytes that stay in the files' pages
   */
  public record Weights(long heap, long mapped) {
    /** Both. */
    public long total() {
      return heap + mapped;
    }
  }

  /** What a model should have room for; each running sequence needs a token in every step. */
  public static MemoryPlan.Demand demand(int maxSequences, int context, KvType kvType) {
    return new MemoryPlan.Demand(
        maxSequences, context, Math.max(STEP_TOKENS, maxSequences), kvType, BLOCK_SIZE);
  }

  /**
   * Plans a budget.
   *
   * @param target what the model is loaded from, for the message
   * @param weights bytes that its weights take, part of the budget
   * @throws BadFileException when it does not fit, with the numbers
   */
  public static MemoryPlan plan(
      Path target, ModelConfig model, long weights, MemoryPlan.Demand demand, long budget) {
    try {
      return MemoryPlan.of(model, weights, demand, budget);
    } catch (MemoryPlan.DoesNotFitException e) {
      throw new BadFileException(target, String.valueOf(e.getMessage()));
    }
  }

  /** What a model's weights will take, with its head kept as given. */
  public static Weights estimate(ModelSummary summary, HeadType head) {
    double factors =
        summary.layers().stream()
            .flatMap(List::stream)
            .filter(linear -> !linear.ranks().isEmpty())
            .mapToDouble(MemoryBudget::bytes)
            .sum();
    ModelSummary.WeightBytes bytes = summary.bytes();
    // Of an embedding that is not the head too, a step reads a few rows only.
    long stored = summary.config().tiedHead() ? bytes.embeddings() : bytes.head();
    long dense = Math.max(0, bytes.linears() - (long) factors);
    long heap = (long) (factors * RELAID) + 2 * bytes.norms() + summary.copiedBytes();
    return switch (head) {
      case STORED -> new Weights(heap, stored + dense);
      case INT8 -> new Weights(heap + int8Head(summary.config()), dense);
    };
  }

  /** A byte for each element and a scale for each row. */
  private static long int8Head(ModelConfig config) {
    return config.vocabSize() * ((long) config.embeddingSize() + Float.BYTES);
  }

  private static double bytes(LinearSummary linear) {
    return linear.bitsPerWeight() * linear.inputs() * linear.outputs() / Byte.SIZE;
  }

  /** Counts what a model, or its cache, has taken. */
  public void take(long heap, long mapped) {
    heapTaken += heap;
    mappedTaken += mapped;
  }

  /** Counts what a model has given back. */
  public void release(long heap, long mapped) {
    take(-heap, -mapped);
  }

  /**
   * Bytes of heap that can be taken now, beside what was taken.
   *
   * @param mapped bytes that will be wanted of the files' pages as well
   */
  public long free(long mapped) {
    Runtime runtime = Runtime.getRuntime();
    long heap = runtime.maxMemory() - (runtime.totalMemory() - runtime.freeMemory());
    long reserve = Math.max(MIN_RESERVE, (long) (runtime.maxMemory() * RESERVE));
    long machine = Math.min(heap, available() - mappedTaken - mapped) - reserve;
    return Math.max(0, Math.min(machine, limit - heapTaken - mappedTaken - mapped));
  }

  /** Bytes that this process could take: what the machine has available, within the container. */
  private static long available() {
    long container =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    try (Stream<String> lines = Files.lines(MEMINFO)) {
      return lines
          .filter(line -> line.startsWith(AVAILABLE))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .map(machine -> Math.min(machine, container))
          .findFirst()
          .orElse(container);
    } catch (IOException e) {
      return container; // not Linux
    }
  }
}
