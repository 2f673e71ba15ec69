package dev.whit.rest;

import dev.whit.api.ByteTokenizer;
import dev.whit.api.FakeBackend;
import dev.whit.api.ModelRegistry;
import dev.whit.api.ServedModel;
import dev.whit.tokenizer.ChatTemplate;
import dev.whit.tokenizer.ChatTemplateException;
import io.quarkus.test.junit.QuarkusTestProfile;
import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Two fake models, {@code fake} with a chat template and {@code plain} with a small context. */
public final class FakeModels {
  public static final FakeBackend FAKE = new FakeBackend(FakeBackend.MAX_CONTEXT);
  public static final FakeBackend PLAIN = new FakeBackend(64);

  private FakeModels() {}

  /** Serves them instead of the application's. */
  public static class Profile implements QuarkusTestProfile {
    @Override
    public Set<Class<?>> getEnabledAlternatives() {
      return Set.of(Producer.class);
    }

    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          "whit.http.ping-interval",
          "500ms",
          "whit.http.slow-reader",
          "1s",
          "quarkus.http.test-port",
          "0",
          "smallrye.config.mapping.validate-unknown",
          "false");
    }
  }

  /** The registry. */
  @Alternative
  @Priority(1)
  @Singleton
  public static final class Producer {
    @Produces
    @Singleton
    @Alternative
    ModelRegistry registry() {
      ModelRegistry registry = new ModelRegistry();
      registry.add(model("fake", FAKE, new EchoTemplate()));
      registry.add(model("plain", PLAIN, null));
      registry.enter(ModelRegistry.State.READY);
      return registry;
    }
  }

  private static ServedModel model(
      String name, FakeBackend backend, @Nullable ChatTemplate template) {
    return new ServedModel(
        name,
        backend,
        new ByteTokenizer(),
        template,
        Map.of("bos_token", "<s>", "eos_token", "</s>"),
        Set.of(ByteTokenizer.EOS),
        Instant.ofEpochSecond(1_700_000_000));
  }

  /** A template that shows the last message's content as it is, to tell the backend what to do. */
  private static final class EchoTemplate implements ChatTemplate {
    @Override
    public String source() {
      return "{{ messages[-1].content }}";
    }

    @Override
    public String render(Map<String, ?> variables) {
      return FakeModels.render(variables);
    }
  }

  /** Content of the last message as it is, so that it can tell the backend what to do. */
  private static String render(Map<String, ?> variables) {
    if (variables.get("messages") instanceof List<?> messages
        && messages.getLast() instanceof Map<?, ?> last) {
      if ("system".equals(last.get("role"))) {
        throw new ChatTemplateException("the last message must not be the system's");
      }
      return last.get("content") + (variables.get("suffix") instanceof String s ? s : "");
    }
    throw new IllegalStateException("no messages");
  }
}
