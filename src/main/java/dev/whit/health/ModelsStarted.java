package dev.whit.health;

import dev.whit.api.ModelRegistry;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Startup;

/** Started when all models are loaded, whatever comes afterwards. */
@Startup
@Singleton
class ModelsStarted implements HealthCheck {
  private final ModelRegistry registry;

  ModelsStarted(ModelRegistry registry) {
    this.registry = registry;
  }

  @Override
  public HealthCheckResponse call() {
    return LoadingProgress.describe("loading", registry)
        .status(
            switch (registry.state()) {
              case LOADING -> false;
              case READY, DRAINING -> true;
            })
        .build();
  }
}
