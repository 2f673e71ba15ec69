package dev.whit.app;

import dev.whit.api.ModelRegistry;
import dev.whit.config.ModelSpec;
import dev.whit.config.WhitConfig;
import dev.whit.engine.Device;
import dev.whit.kernel.cpu.CpuKernels;
import dev.whit.metrics.Metrics;
import dev.whit.model.loading.HeadType;
import dev.whit.model.loading.LoadedModel;
import dev.whit.model.loading.ModelLoader;
import dev.whit.model.loading.ModelSource;
import dev.whit.model.loading.ModelSummary;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Loads the models of the settings onto the one device, and ends them. Loading is done by one
 * thread, once.
 */
@Singleton
final class ModelHost implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(ModelHost.class);
  private static final double MIB = 1 << 20;

  private final WhitConfig config;
  private final ModelRegistry registry;
  private final Metrics metrics;
  private final List<HostedModel> hosted = new ArrayList<>();

  /** Loaded models that are not hosted yet, in order. */
  private final List<LoadedModel> waiting = new ArrayList<>();

  private @Nullable Device device;

  ModelHost(WhitConfig config, ModelRegistry registry, Metrics metrics) {
    this.config = config;
    this.registry = registry;
    this.metrics = metrics;
  }

  /** A model on its way: named, looked at, not loaded. */
  private record Candidate(
      ModelSpec spec, ModelSource source, ModelSummary summary, HeadType head) {
    MemoryBudget.Weights estimate() {
      return MemoryBudget.estimate(summary, head);
    }
  }

  /** A model whose weights are loaded. */
  private record Weighted(
      Candidate candidate, LoadedModel loaded, MemoryBudget.Weights weights, Duration took) {}

  /**
   * Loads all models and adds them to the registry, each after it has generated a token. Weights of
   * all come first, so that the caches can share what is left.
   *
   * @throws RuntimeException for the first model that cannot be served, see {@link ExitCode#of}
   */
  void load() throws InterruptedException {
    // Most of what can be wrong with the files shows here, before anything is logged or computed.
    List<Candidate> candidates = new ArrayList<>();
    for (ModelSpec spec : specs()) {
      candidates.add(inspect(HubModels.fetch(spec)));
    }
    ModelAssembly assembly = new ModelAssembly(config, metrics);
    MemoryBudget budget = new MemoryBudget(config.memory());
    requireMemory(candidates, budget);
    Device shared = new Device(CpuKernels.open(config.threads(), LOG::info));
    synchronized (hosted) {
      device = shared;
    }
    List<Weighted> weighted = loadWeights(candidates, shared, budget);
    // What loading has left behind must not count as taken when the caches are planned.
    System.gc();
    for (int i = 0; i < weighted.size(); i++) {
      Weighted next = weighted.get(i);
      long share = budget.free(0) / (weighted.size() - i);
      HostedModel model =
          assembly.host(
              next.candidate().spec(), next.loaded(), next.weights(), shared, share, next.took());
      budget.take(model.plan().workspaceBytes() + model.plan().kvBytes(), 0);
      synchronized (hosted) {
        waiting.remove(model.loaded());
        hosted.add(model);
      }
      registry.add(model.served());
    }
  }

  private List<ModelSpec> specs() {
    return config
        .model()
        .map(ModelSpec::parseAll)
        .or(() -> config.demoDir().map(DemoModels::in))
        .orElseThrow(
            () -> new IllegalStateException("no --model, and no directory of demo models"));
  }

  private Candidate inspect(ModelSpec spec) {
    ModelSource source = new ModelSource(spec.target(), spec.base().orElse(null));
    return new Candidate(
        spec, source, ModelLoader.inspect(source), spec.head().orElse(config.head()));
  }

  private static void requireMemory(List<Candidate> candidates, MemoryBudget budget) {
    long heap = 0;
    long mapped = 0;
    for (Candidate candidate : candidates) {
      MemoryBudget.Weights weights = candidate.estimate();
      long others = heap + mapped;
      heap += weights.heap();
      mapped += weights.mapped();
      if (heap > budget.free(mapped)) {
        throw new BadFileException(
            candidate.spec().target(),
            "does not fit: its weights take %.1f MiB, and %.1f MiB are free%s"
                .formatted(
                    weights.total() / MIB,
                    budget.free(0) / MIB,
                    others == 0
                        ? ""
                        : ", of which the models before it take %.1f MiB".formatted(others / MIB)));
      }
    }
  }

  private List<Weighted> loadWeights(
      List<Candidate> candidates, Device shared, MemoryBudget budget) {
    long total = candidates.stream().mapToLong(c -> c.summary().bytes().total()).sum();
    LOG.infof(
        "Loading %s, %.1f MiB",
        candidates.stream().map(c -> c.spec().name()).collect(Collectors.joining(", ")),
        total / MIB);
    List<Weighted> weighted = new ArrayList<>();
    long before = 0;
    for (Candidate candidate : candidates) {
      candidate.summary().warnings().forEach(w -> LOG.warnf("%s: %s", candidate.spec().name(), w));
      long start = System.nanoTime();
      long bytes = candidate.summary().bytes().total();
      long loadedBefore = before;
      LoadedModel loaded =
          ModelLoader.load(
              candidate.source(),
              shared.kernels(),
              candidate.head(),
              (ready, layers) ->
                  registry.progress((loadedBefore + (double) bytes * ready / layers) / total));
      synchronized (hosted) {
        waiting.add(loaded);
      }
      before += bytes;
      MemoryBudget.Weights weights =
          new MemoryBudget.Weights(loaded.residentWeightBytes(), candidate.estimate().mapped());
      budget.take(weights.heap(), weights.mapped());
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      weighted.add(new Weighted(candidate, loaded, weights, took));
    }
    return weighted;
  }

  /** Stops admitting, and waits so long for what runs before it is cancelled. Any thread. */
  void drain(Duration grace) {
    List<HostedModel> models;
    synchronized (hosted) {
      models = List.copyOf(hosted);
    }
    try (ExecutorService drains = Executors.newVirtualThreadPerTaskExecutor()) {
      models.forEach(model -> drains.execute(() -> model.engine().drain(grace)));
    }
  }

  /** Frees every model and the device. */
  @Override
  public void close() {
    synchronized (hosted) {
      hosted.forEach(HostedModel::close);
      hosted.clear();
      waiting.forEach(LoadedModel::close);
      waiting.clear();
      if (device != null) {
        device.close();
        device = null;
      }
    }
  }
}
