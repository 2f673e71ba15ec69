package dev.whit.bench;

import dev.whit.kernel.Kernels;
import dev.whit.kernel.cpu.CpuKernels;
import dev.whit.kernel.cpu.MemoryRead;
import dev.whit.model.loading.LoadedModel;
import dev.whit.model.loading.ModelLoader;
import dev.whit.model.loading.ModelSource;
import dev.whit.model.loading.ModelSummary;
import dev.whit.model.loading.StepCost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Times a model's workloads with several numbers of threads, one after another. */
public final class ModelBench {
  /** Bytes of a plain read: several times what caches hold. */
  private static final long READ_BYTES = 256L << 20;

  private static final int READS = 10;
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private final ModelSource source;
  private final BenchSpec spec;
  private final BenchListener listener;

  /** The same for every number of threads. */
  private StepCost layersCost = StepCost.NONE;

  private StepCost headCost = StepCost.NONE;

  private ModelBench(ModelSource source, BenchSpec spec, BenchListener listener) {
    this.source = source;
    this.spec = spec;
    this.listener = listener;
  }

  /**
   * Measures a model.
   *
   * @throws dev.whit.checkpoint.CheckpointException when it cannot be loaded
   * @throws IllegalStateException when it does not compute finite logits
   */
  public static BenchReport run(ModelSource source, BenchSpec spec, BenchListener listener) {
    ModelBench bench = new ModelBench(source, spec, listener);
    ModelSummary summary = ModelLoader.inspect(source);
    List<BenchReport.Run> runs = spec.threads().stream().map(bench::run).toList();
    StepCost decode = bench.layersCost.plus(bench.headCost);
    return new BenchReport(
        machine(),
        new BenchReport.Model(
            source.target().toString(),
            summary.config().modelType(),
            summary.format(),
            summary.parameters(),
            summary.bitsPerWeight(),
            decode.bytes(),
            decode.weights()),
        spec.kvType().name().toLowerCase(Locale.ROOT),
        spec.head().name().toLowerCase(Locale.ROOT),
        runs);
  }

  private BenchReport.Run run(int threads) {
    String stage = threads == 1 ? "1 thread" : threads + " threads";
    listener.onStage(stage + ", reading memory");
    double read = readGigabytesPerSecond(threads);
    long start = System.nanoTime();
    // Weights are laid out anew: a team of one size owns them.
    try (Kernels kernels = CpuKernels.open(threads, line -> {});
        LoadedModel model =
            ModelLoader.load(
                source,
                kernels,
                spec.head(),
                (ready, layers) -> listener.onStage(stage + ", layer " + ready + " of " + layers));
        BenchSession session = new BenchSession(model.decoder(), spec)) {
      double load = seconds(start);
      layersCost = model.layersCost();
      headCost = model.headCost();
      List<Measurement> measurements = new ArrayList<>();
      for (Workload workload : spec.workloads()) {
        measurements.add(measure(session, workload, threads, read, stage));
      }
      ProcessMemory memory = ProcessMemory.afterCollection(); // without what loading left
      return new BenchReport.Run(threads, kernels.description(), load, read, memory, measurements);
    }
  }

  private Measurement measure(
      BenchSession session, Workload workload, int threads, double read, String stage) {
    listener.onStage("%s, %s, warm-up".formatted(stage, workload));
    long start = System.nanoTime();
    int steps;
    do {
      steps = session.run(workload);
    } while (seconds(start) < spec.warmUpSeconds());
    double[] seconds = new double[spec.repetitions()];
    for (int i = 0; i < seconds.length; i++) {
      listener.onStage(
          "%s, %s, repetition %d of %d".formatted(stage, workload, i + 1, seconds.length));
      long began = System.nanoTime();
      session.run(workload);
      seconds[i] = seconds(began);
    }
    return Measurement.of(workload, threads, seconds, steps, layersCost, headCost, read);
  }

  private static double readGigabytesPerSecond(int threads) {
    try (MemoryRead read = MemoryRead.open(threads, READ_BYTES)) {
      double best = 0;
      for (int i = 0; i < READS; i++) {
        long start = System.nanoTime();
        read.run();
        best = Math.max(best, read.bytes() * 1e-9 / seconds(start));
      }
      return best;
    }
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) * 1e-9;
  }

  private static BenchReport.Machine machine() {
    return new BenchReport.Machine(
        cpu(),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
  }

  private static String cpu() {
    try (Stream<String> lines = Files.lines(CPU_INFO)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .findFirst()
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      return System.getProperty("os.arch"); // not Linux
    }
  }
}
