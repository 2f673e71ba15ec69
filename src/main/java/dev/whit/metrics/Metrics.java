package dev.whit.metrics;

import dev.whit.api.ModelRegistry;
import dev.whit.backend.BackendListener;
import dev.whit.backend.RequestLabel;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.function.BooleanSupplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The process's meters. */
@Singleton
public class Metrics {
  private final MeterRegistry registry;
  private final ModelRegistry models;
  private final String version;

  @Inject
  public Metrics(
      MeterRegistry registry,
      ModelRegistry models,
      @ConfigProperty(name = "quarkus.application.version") String version) {
    this.registry = registry;
    this.models = models;
    this.version = version;
  }

  void onStart(@Observes StartupEvent event) {
    Gauge.builder("whit_build_info", () -> 1)
        .description("What is running")
        .tags(
            Meters.labels("", RequestLabel.NONE)
                .and("version", version, "java", Runtime.version().toString()))
        .register(registry);
    Gauge.builder("whit_ready", () -> models.isReady() ? 1 : 0)
        .description("Whether the server takes requests, as /health/ready says")
        .tags(Meters.labels("", RequestLabel.NONE))
        .register(registry);
  }

  /**
   * Registers the meters of a model; what it reports to the listener is counted there.
   *
   * @param healthy whether its engine works
   */
  public BackendListener register(String model, ModelFigures figures, BooleanSupplier healthy) {
    return new ModelMetrics(registry, model, figures, healthy);
  }

  /** Removes the meters of a model that is served no longer. */
  public void unregister(String model) {
    registry.getMeters().stream()
        .filter(meter -> model.equals(meter.getId().getTag("model_name")))
        .forEach(registry::remove);
  }
}
