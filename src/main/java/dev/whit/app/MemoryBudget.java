package dev.whit.app;

import dev.whit.kernel.KvType;
import dev.whit.model.loading.LinearSummary;
import dev.whit.model.loading.MemoryPlan;
import dev.whit.model.loading.ModelSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** How much memory models want, and may take. On the CPU they live in the heap. */
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
  private static final int STEP_TOKENS = 128;

  private static final int BLOCK_SIZE = 16;

  private MemoryBudget() {}

  /** What a model should have room for; each running sequence needs a token in every step. */
  public static MemoryPlan.Demand demand(int maxSequences, int context, KvType kvType) {
    return new MemoryPlan.Demand(
        maxSequences, context, Math.max(STEP_TOKENS, maxSequences), kvType, BLOCK_SIZE);
  }

  /** Bytes that can be taken now: of the heap's limit, and of what the machine has available. */
  public static long free() {
    Runtime runtime = Runtime.getRuntime();
    long heap = runtime.maxMemory() - (runtime.totalMemory() - runtime.freeMemory());
    long reserve = Math.max(MIN_RESERVE, (long) (runtime.maxMemory() * RESERVE));
    return Math.max(0, Math.min(heap, available()) - reserve);
  }

  /** Bytes of heap that a model's weights will take; what is dense stays mapped. */
  public static long estimateWeights(ModelSummary summary) {
    double factors =
        summary.layers().stream()
            .flatMap(List::stream)
            .filter(linear -> !linear.ranks().isEmpty())
            .mapToDouble(MemoryBudget::bytes)
            .sum();
    return (long) (factors * RELAID) + 2 * summary.bytes().norms();
  }

  private static double bytes(LinearSummary linear) {
    return linear.bitsPerWeight() * linear.inputs() * linear.outputs() / Byte.SIZE;
  }

  private static long available() {
    try (Stream<String> lines = Files.lines(MEMINFO)) {
      return lines
          .filter(line -> line.startsWith(AVAILABLE))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .findFirst()
          .orElse(Long.MAX_VALUE);
    } catch (IOException e) {
      return Long.MAX_VALUE; // not Linux: the heap's limit alone decides
    }
  }
}
