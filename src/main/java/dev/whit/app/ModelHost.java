package dev.whit.app;

import dev.whit.api.AdministeredModel;
import dev.whit.api.AdministeredModel.State;
import dev.whit.api.ApiException;
import dev.whit.api.ModelAdministration;
import dev.whit.api.ModelOrder;
import dev.whit.api.ModelRegistry;
import dev.whit.app.ModelLoading.Candidate;
import dev.whit.app.ModelLoading.Weighted;
import dev.whit.backend.CancelCause;
import dev.whit.config.ModelSpec;
import dev.whit.config.WhitConfig;
import dev.whit.engine.Device;
import dev.whit.hub.HubException;
import dev.whit.kernel.cpu.CpuKernels;
import dev.whit.kernel.cpu.KernelSelfTest;
import dev.whit.metrics.Metrics;
import dev.whit.model.loading.LoadedModel;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The models of the process on their one device: those of the settings from the start, others when
 * an administrator asks for them, until they are unloaded or the server ends.
 */
@Singleton
final class ModelHost implements ModelAdministration, AutoCloseable {
  private static final Logger LOG = Logger.getLogger(ModelHost.class);
  private static final double MIB = 1 << 20;

  private final WhitConfig config;
  private final ModelRegistry registry;
  private final Metrics metrics;

  /** Held while models come or go: what memory is left must not change meanwhile. */
  private final ReentrantLock changes = new ReentrantLock();

  // The rest is guarded by this map's monitor.
  private final Map<String, HostedModel> hosted = new LinkedHashMap<>();

  /** Models on their way in or out. */
  private final Map<String, AdministeredModel> moving = new LinkedHashMap<>();

  /** Loaded models that are not hosted yet. */
  private final List<LoadedModel> waiting = new ArrayList<>();

  private @Nullable Ground ground;

  /** What models are loaded with, and onto. */
  private record Ground(ModelLoading loading, Device device) {}

  ModelHost(WhitConfig config, ModelRegistry registry, Metrics metrics) {
    this.config = config;
    this.registry = registry;
    this.metrics = metrics;
  }

  /**
   * Loads all models of the settings and adds them to the registry, each after it has generated a
   * token. Weights of all come first, so that the caches can share what is left. Done once.
   *
   * @throws RuntimeException for the first model that cannot be served, see {@link ExitCode#of}
   */
  void load() throws InterruptedException {
    ModelLoading loading = new ModelLoading(config, metrics);
    // Most of what can be wrong with the files shows here, before anything is logged or computed.
    List<Candidate> candidates = new ArrayList<>();
    for (ModelSpec spec : specs()) {
      candidates.add(loading.inspect(spec));
    }
    loading.requireMemory(candidates);
    Device device = new Device(CpuKernels.open(config.threads(), LOG::info));
    // Beside the loading, which waits for files and for other processors.
    Thread.ofPlatform()
        .daemon()
        .name("kernel-self-test")
        .start(() -> KernelSelfTest.run(LOG::info, LOG::warn));
    synchronized (hosted) {
      ground = new Ground(loading, device);
    }
    List<Weighted> weighted = loadWeights(candidates, loading, device);
    // What loading has left behind must not count as taken when the caches are planned.
    System.gc();
    for (int i = 0; i < weighted.size(); i++) {
      add(loading.host(weighted.get(i), device, weighted.size() - i));
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

  private List<Weighted> loadWeights(
      List<Candidate> candidates, ModelLoading loading, Device device) {
    long total = candidates.stream().mapToLong(Candidate::bytes).sum();
    LOG.infof(
        "Loading %s, %.1f MiB",
        candidates.stream().map(c -> c.spec().name()).collect(Collectors.joining(", ")),
        total / MIB);
    List<Weighted> weighted = new ArrayList<>();
    long before = 0;
    for (Candidate candidate : candidates) {
      double loadedBefore = before;
      Weighted model =
          loading.loadWeights(
              candidate,
              device,
              (ready, layers) ->
                  registry.progress(
                      (loadedBefore + (double) candidate.bytes() * ready / layers) / total));
      synchronized (hosted) {
        waiting.add(model.loaded());
      }
      before += candidate.bytes();
      weighted.add(model);
    }
    return weighted;
  }

  private void add(HostedModel model) {
    synchronized (hosted) {
      waiting.remove(model.loaded());
      hosted.put(model.spec().name(), model);
    }
    registry.add(model.served());
  }

  @Override
  public List<AdministeredModel> models() {
    synchronized (hosted) {
      List<AdministeredModel> models = new ArrayList<>();
      hosted.values().forEach(model -> models.add(model.describe()));
      models.addAll(moving.values());
      return models;
    }
  }

  @Override
  public AdministeredModel load(ModelOrder order) throws InterruptedException {
    registry.requireReady();
    ModelSpec spec = spec(order);
    synchronized (hosted) {
      if (hosted.containsKey(spec.name()) || moving.containsKey(spec.name())) {
        throw new ApiException.Conflict(
            "there is a model named %s; unload it first".formatted(spec.name()));
      }
      moving.put(
          spec.name(), new AdministeredModel(spec.name(), order.path(), State.LOADING, 0, 0));
    }
    try {
      return hostNow(spec).describe();
    } catch (RuntimeException e) {
      if (e instanceof HubException || ExitCode.of(e) != ExitCode.FAILED) {
        throw new ApiException.InvalidRequest("path", String.valueOf(e.getMessage()));
      }
      throw e;
    } finally {
      synchronized (hosted) {
        moving.remove(spec.name());
      }
    }
  }

  private static ModelSpec spec(ModelOrder order) {
    try {
      return ModelSpec.of(
          order.name(),
          order.path(),
          Optional.ofNullable(order.base()),
          order.context() == null ? OptionalInt.empty() : OptionalInt.of(order.context()),
          Optional.ofNullable(order.head()));
    } catch (IllegalArgumentException e) {
      throw new ApiException.InvalidRequest(null, String.valueOf(e.getMessage()));
    }
  }

  private HostedModel hostNow(ModelSpec spec) throws InterruptedException {
    changes.lockInterruptibly();
    try {
      Ground here = ground();
      ModelLoading loading = here.loading();
      Candidate candidate = loading.inspect(spec);
      loading.requireMemory(List.of(candidate));
      LOG.infof("Loading %s, %.1f MiB", spec.name(), candidate.bytes() / MIB);
      Weighted weighted = loading.loadWeights(candidate, here.device(), (ready, layers) -> {});
      try {
        System.gc();
        HostedModel model = loading.host(weighted, here.device(), 1);
        add(model);
        return model;
      } catch (Throwable e) {
        weighted.loaded().close();
        loading.release(weighted);
        throw e;
      }
    } finally {
      changes.unlock();
    }
  }

  private Ground ground() {
    synchronized (hosted) {
      if (ground == null) {
        throw new ApiException.Unavailable("the server is shutting down", Duration.ofSeconds(10));
      }
      return ground;
    }
  }

  @Override
  public void unload(String name) {
    Ground here = ground();
    HostedModel model;
    synchronized (hosted) {
      model = hosted.remove(name);
      if (model == null) {
        throw new ApiException.ModelNotFound("no model named " + name + " is loaded");
      }
      moving.put(name, model.describe(State.UNLOADING));
    }
    registry.remove(name);
    LOG.infof("Unloading %s", name);
    try {
      model.unload(config.drain());
      metrics.unregister(name);
      changes.lock();
      try {
        here.loading().release(model);
      } finally {
        changes.unlock();
      }
    } finally {
      synchronized (hosted) {
        moving.remove(name);
      }
    }
  }

  /** Stops admitting, and waits so long for what runs before it is cancelled. Any thread. */
  void drain(Duration grace) {
    List<HostedModel> models;
    synchronized (hosted) {
      models = List.copyOf(hosted.values());
    }
    try (ExecutorService drains = Executors.newVirtualThreadPerTaskExecutor()) {
      models.forEach(
          model -> drains.execute(() -> model.engine().drain(grace, CancelCause.SHUTDOWN)));
    }
  }

  /** Frees every model and the device. */
  @Override
  public void close() {
    synchronized (hosted) {
      hosted.values().forEach(HostedModel::close);
      hosted.clear();
      waiting.forEach(LoadedModel::close);
      waiting.clear();
      if (ground != null) {
        ground.device().close();
        ground = null;
      }
    }
  }
}
