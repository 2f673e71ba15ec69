package dev.whit.health;

import dev.whit.api.ModelRegistry;
import dev.whit.api.ServedModel;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;

/**
 * Alive while the step loop of every model beats. One that does not never recovers by itself: a
 * restart mends it, or an administrator who unloads its model.
 */
@Liveness
@Singleton
class EnginesLive implements HealthCheck {
  private final ModelRegistry registry;

  EnginesLive(ModelRegistry registry) {
    this.registry = registry;
  }

  @Override
  public HealthCheckResponse call() {
    HealthCheckResponseBuilder response = HealthCheckResponse.named("engines");
    boolean draining = registry.state() == ModelRegistry.State.DRAINING;
    boolean alive = true;
    for (ServedModel model : registry.models()) {
      // An engine that has finished its work at shutdown has stopped as it should.
      boolean healthy = draining || model.backend().isHealthy();
      response.withData(model.name(), healthy ? "alive" : "failed");
      alive &= healthy;
    }
    return response.status(alive).build();
  }
}
