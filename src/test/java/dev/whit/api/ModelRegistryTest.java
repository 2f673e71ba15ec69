package dev.whit.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ModelRegistryTest {
  private final ModelRegistry registry = new ModelRegistry();
  private final ServedModel first = model("first");

  private static ServedModel model(String name) {
    return new ServedModel(
        name, new FakeBackend(10), new ByteTokenizer(), null, Map.of(), Set.of(), Instant.EPOCH);
  }

  @BeforeEach
  void ready() {
    registry.add(first);
    registry.enter(ModelRegistry.State.READY);
  }

  @Test
  void takesTheOnlyModelForNone() {
    assertThat(registry.resolve(null)).isSameAs(first);
    assertThat(registry.resolve("first")).isSameAs(first);
  }

  @Test
  void needsANameWhereThereAreSeveral() {
    registry.add(model("second"));
    assertThatThrownBy(() -> registry.resolve(null))
        .isInstanceOf(ApiException.InvalidRequest.class)
        .hasMessageContaining("first, second");
  }

  @Test
  void knowsNoOtherNames() {
    assertThatThrownBy(() -> registry.resolve("x".repeat(1000)))
        .isInstanceOf(ApiException.ModelNotFound.class)
        .hasMessageContaining("served are: first")
        .message()
        .hasSizeLessThan(200);
  }

  @Test
  void hasNoTwoOfAName() {
    assertThatThrownBy(() -> registry.add(model("first")))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void resolvesNothingUnlessReady() {
    for (ModelRegistry.State state : ModelRegistry.State.values()) {
      registry.enter(state);
      if (state != ModelRegistry.State.READY) {
        assertThatThrownBy(() -> registry.resolve("first"))
            .isInstanceOf(ApiException.Unavailable.class);
      }
    }
  }
}
