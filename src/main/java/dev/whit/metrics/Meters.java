package dev.whit.metrics;

import dev.whit.backend.RequestLabel;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.function.DoubleSupplier;

/**
 * Registers meters that are labelled alike.
 *
 * @param labels of all of them
 */
record Meters(MeterRegistry registry, Tags labels) {
  /** Meters of a model's requests that count as one. */
  static Meters of(MeterRegistry registry, String model, RequestLabel label) {
    return new Meters(registry, labels(model, label));
  }

  /** What every meter of ours is labelled with: nobody's model is {@code ""}. */
  static Tags labels(String model, RequestLabel label) {
    return Tags.of("model_name", model, "experiment", label.experiment(), "arm", label.arm());
  }

  void gauge(String name, String description, DoubleSupplier value, String... more) {
    Gauge.builder(name, value::getAsDouble)
        .description(description)
        .tags(labels.and(more))
        .strongReference(true)
        .register(registry);
  }

  Counter counter(String name, String description, String... more) {
    return Counter.builder(name).description(description).tags(labels.and(more)).register(registry);
  }

  DistributionSummary summary(String name, String description, double[] buckets) {
    return DistributionSummary.builder(name)
        .description(description)
        .tags(labels)
        .serviceLevelObjectives(buckets)
        .register(registry);
  }

  Timer timer(String name, String description, Duration[] buckets) {
    return Timer.builder(name)
        .description(description)
        .tags(labels)
        .serviceLevelObjectives(buckets)
        .register(registry);
  }

  /** A constant of an enumeration as the value of a label. */
  static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
