package dev.whit.app;

import dev.whit.api.ModelRegistry;
import io.quarkus.arc.DefaultBean;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Makes the one registry of served models; tests may bring their own. */
final class ModelRegistryProducer {
  @Produces
  @Singleton
  @DefaultBean
  ModelRegistry modelRegistry() {
    return new ModelRegistry();
  }
}
