package dev.whit.bench;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a benchmark found.
 *
 * @param runs one for each number of threads
 */
public record BenchReport(
    Machine machine, Model model, String kvCache, String head, List<Run> runs) {
  public BenchReport {
    runs = List.copyOf(runs);
  }

  /**
   * Where it ran.
   *
   * @param cpu the processor's name, as far as the system says
   * @param java the JVM
   */
  public record Machine(String cpu, int processors, String java) {}

  /**
   * What ran.
   *
   * @param weightBytes read by a step that decodes
   * @param weights that a token that is decoded is multiplied with
   */
  public record Model(
      String path,
      String architecture,
      String format,
      long parameters,
      double bitsPerWeight,
      long weightBytes,
      long weights) {}

  /**
   * All workloads with one number of threads.
   *
   * @param kernels what computed
   * @param loadSeconds until the weights were laid out
   * @param readGigabytesPerSecond best plain read of memory by as many threads, 10⁹ bytes a second
   * @param memory of the process after the last workload; null where the system does not say
   */
  public record Run(
      int threads,
      String kernels,
      double loadSeconds,
      double readGigabytesPerSecond,
      @Nullable ProcessMemory memory,
      List<Measurement> measurements) {
    public Run {
      measurements = List.copyOf(measurements);
    }
  }
}
