package dev.whit.health;

import dev.whit.api.ModelRegistry;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready when every model has generated a token since it was loaded, and is still able to. */
@Readiness
@Singleton
class ModelsReady implements HealthCheck {
  private final ModelRegistry registry;

  ModelsReady(ModelRegistry registry) {
    this.registry = registry;
  }

  @Override
  public HealthCheckResponse call() {
    return LoadingProgress.describe("models", registry).status(registry.isReady()).build();
  }
}
