package dev.whit.metrics;

import dev.whit.backend.BackendListener;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The process's meters. */
@Singleton
public class Metrics {
  private final MeterRegistry registry;
  private final String version;

  public Metrics(
      MeterRegistry registry,
      @ConfigProperty(name = "quarkus.application.version") String version) {
    this.registry = registry;
    this.version = version;
  }

  void onStart(@Observes StartupEvent event) {
    Gauge.builder("whit_build_info", () -> 1)
        .description("What is running")
        .tags("version", version, "java", Runtime.version().toString())
        .register(registry);
  }

  /** Registers the meters of a model; what it reports to the listener is counted there. */
  public BackendListener register(String model, ModelFigures figures) {
    return new ModelMetrics(registry, model, figures);
  }

  /** Removes the meters of a model that is served no longer. */
  public void unregister(String model) {
    registry.getMeters().stream()
        .filter(meter -> model.equals(meter.getId().getTag("model_name")))
        .forEach(registry::remove);
  }
}
