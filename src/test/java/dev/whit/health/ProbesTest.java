package dev.whit.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whit.api.ByteTokenizer;
import dev.whit.api.ModelRegistry;
import dev.whit.api.ServedModel;
import dev.whit.backend.Backend;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProbesTest {
  private final ModelRegistry registry = new ModelRegistry();
  private final SwitchedBackend backend = new SwitchedBackend();
  private final HealthCheck live = new EnginesLive(registry);
  private final HealthCheck ready = new ModelsReady(registry);
  private final HealthCheck started = new ModelsStarted(registry);

  @BeforeEach
  void addModel() {
    add("m", backend);
  }

  private void add(String name, Backend ofIt) {
    registry.add(
        new ServedModel(name, ofIt, new ByteTokenizer(), null, Map.of(), Set.of(), Instant.EPOCH));
  }

  @Test
  void whileLoadingItIsAliveOnlyAndTellsThePercentage() {
    registry.progress(0.42);

    assertThat(status(live)).isEqualTo(Status.UP);
    assertThat(status(ready)).isEqualTo(Status.DOWN);
    assertThat(status(started)).isEqualTo(Status.DOWN);
    assertThat(data(ready)).containsEntry("state", "loading").containsEntry("loaded_percent", 42L);
  }

  @Test
  void whenLoadedItIsAllThree() {
    registry.enter(ModelRegistry.State.READY);

    assertThat(status(live)).isEqualTo(Status.UP);
    assertThat(status(ready)).isEqualTo(Status.UP);
    assertThat(status(started)).isEqualTo(Status.UP);
  }

  @Test
  void aFailedEngineIsNeitherAliveNorReady() {
    registry.enter(ModelRegistry.State.READY);
    backend.healthy = false;

    assertThat(status(live)).isEqualTo(Status.DOWN);
    assertThat(status(ready)).isEqualTo(Status.DOWN);
    assertThat(status(started)).isEqualTo(Status.UP);
    assertThat(data(live)).containsEntry("m", "failed");
  }

  /** It does not recover by itself: a restart mends it, or an administrator who unloads it. */
  @Test
  void oneFailedEngineOfSeveralCountsUntilItsModelIsUnloaded() {
    SwitchedBackend other = new SwitchedBackend();
    add("other", other);
    registry.enter(ModelRegistry.State.READY);
    other.healthy = false;

    assertThat(status(live)).isEqualTo(Status.DOWN);
    assertThat(status(ready)).isEqualTo(Status.DOWN);
    assertThat(data(live)).containsEntry("m", "alive").containsEntry("other", "failed");

    registry.remove("other");

    assertThat(status(live)).isEqualTo(Status.UP);
    assertThat(status(ready)).isEqualTo(Status.UP);
  }

  @Test
  void whileDrainingItIsAliveAndNotReadyEvenWhenItsEngineHasStopped() {
    registry.enter(ModelRegistry.State.DRAINING);
    backend.healthy = false;

    assertThat(status(live)).isEqualTo(Status.UP);
    assertThat(status(ready)).isEqualTo(Status.DOWN);
    assertThat(status(started)).isEqualTo(Status.UP);
  }

  private static Status status(HealthCheck check) {
    return check.call().getStatus();
  }

  private static Map<String, Object> data(HealthCheck check) {
    HealthCheckResponse response = check.call();
    return response.getData().orElseThrow();
  }
}
