package dev.whit.app;

import dev.whit.config.ModelSpec;
import dev.whit.config.WhitConfig;
import dev.whit.engine.Device;
import dev.whit.metrics.Metrics;
import dev.whit.model.loading.HeadType;
import dev.whit.model.loading.LoadListener;
import dev.whit.model.loading.LoadedModel;
import dev.whit.model.loading.ModelLoader;
import dev.whit.model.loading.ModelSource;
import dev.whit.model.loading.ModelSummary;
import java.time.Duration;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Takes models from their files to engines in stages, within the memory that is left: inspect,
 * check that it fits, load the weights, host. Used by one thread at a time.
 */
final class ModelLoading {
  private static final Logger LOG = Logger.getLogger(ModelLoading.class);
  private static final double MIB = 1 << 20;

  private final WhitConfig config;
  private final ModelAssembly assembly;
  private final MemoryBudget budget;

  ModelLoading(WhitConfig config, Metrics metrics) {
    this.config = config;
    assembly = new ModelAssembly(config, metrics);
    budget = new MemoryBudget(config.memory());
  }

  /** A model on its way: named, looked at, not loaded. */
  record Candidate(ModelSpec spec, ModelSource source, ModelSummary summary, HeadType head) {
    MemoryBudget.Weights estimate() {
      return MemoryBudget.estimate(summary, head);
    }

    long bytes() {
      return summary.bytes().total();
    }
  }

  /** A model whose weights are loaded. */
  record Weighted(
      Candidate candidate, LoadedModel loaded, MemoryBudget.Weights weights, Duration took) {}

  /** Looks at a model's files, after fetching those that are on the Hub. */
  Candidate inspect(ModelSpec spec) throws InterruptedException {
    ModelSpec local = HubModels.fetch(spec);
    ModelSource source = new ModelSource(local.target(), local.base().orElse(null));
    return new Candidate(
        local, source, ModelLoader.inspect(source), local.head().orElse(config.head()));
  }

  /**
   * Refuses what would not fit with the numbers.
   *
   * @throws BadFileException for the first model that does not, beside those before it
   */
  void requireMemory(List<Candidate> candidates) {
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

  /** Loads a model's weights, and takes the memory that they need. */
  Weighted loadWeights(Candidate candidate, Device device, LoadListener listener) {
    candidate.summary().warnings().forEach(w -> LOG.warnf("%s: %s", candidate.spec().name(), w));
    long start = System.nanoTime();
    LoadedModel loaded =
        ModelLoader.load(
            candidate.source(), device.kernels(), device::turn, candidate.head(), listener);
    MemoryBudget.Weights weights =
        new MemoryBudget.Weights(loaded.residentWeightBytes(), candidate.estimate().mapped());
    budget.take(weights.heap(), weights.mapped());
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    return new Weighted(candidate, loaded, weights, took);
  }

  /**
   * Starts a model's engine with a cache in the memory that is left.
   *
   * @param sharers models that still want a part of that memory, this one too
   */
  HostedModel host(Weighted model, Device device, int sharers) throws InterruptedException {
    HostedModel hosted =
        assembly.host(
            model.candidate().spec(),
            model.loaded(),
            model.weights(),
            device,
            budget.free(0) / sharers,
            model.took());
    budget.take(hosted.cacheBytes(), 0);
    return hosted;
  }

  /** A model that could not be hosted is gone. */
  void release(Weighted model) {
    budget.release(model.weights().heap(), model.weights().mapped());
  }

  /** A hosted model is gone. */
  void release(HostedModel model) {
    budget.release(model.weights().heap() + model.cacheBytes(), model.weights().mapped());
  }
}
