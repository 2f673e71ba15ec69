package dev.whit.health;

import dev.whit.api.ModelRegistry;
import java.util.Locale;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/** The state of the server as probes show it. */
final class LoadingProgress {
  private LoadingProgress() {}

  static HealthCheckResponseBuilder describe(String name, ModelRegistry registry) {
    return HealthCheckResponse.named(name)
        .withData("state", registry.state().name().toLowerCase(Locale.ROOT))
        .withData("loaded_percent", (long) (100 * registry.progress()));
  }
}
