package dev.whit.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.whit.api.AdministeredModel;
import dev.whit.api.ApiException;
import dev.whit.api.ModelOrder;
import dev.whit.api.ModelRegistry;
import dev.whit.backend.Backend;
import dev.whit.backend.CancelCause;
import dev.whit.backend.Generation;
import dev.whit.backend.GenerationEvent;
import dev.whit.backend.GenerationRequest;
import dev.whit.backend.SamplingParams;
import dev.whit.checkpoint.Checkpoint;
import dev.whit.checkpoint.CheckpointReader;
import dev.whit.checkpoint.Tensor;
import dev.whit.config.Settings;
import dev.whit.config.WhitConfig;
import dev.whit.metrics.Metrics;
import dev.whit.tokenizer.TokenizerException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelHostTest {
  private static final Path FACTORED = Path.of("src/test/resources/golden/llama/nanoquant-pt");
  private static final Path DENSE = Path.of("src/test/resources/golden/mistral/dense");

  @TempDir private Path directory;
  private final ModelRegistry registry = new ModelRegistry();
  private final MeterRegistry meters = new SimpleMeterRegistry();

  @Test
  void closesWhatItLoadedBeforeAModelThatCannotBeServed() throws Exception {
    Path good = copy("good");
    Path bad = copy("bad");
    Files.delete(bad.resolve("tokenizer.json"));
    try (ModelHost host = host(good, bad)) {
      assertThatExceptionOfType(TokenizerException.class)
          .isThrownBy(host::load)
          .withMessageContaining("bad: no tokenizer in it");
      assertThat(OpenFiles.below(directory)).isNotEmpty();
    }
    assertThat(OpenFiles.below(directory)).isEmpty();
  }

  @Test
  void refusesAModelThatGeneratesNoToken() throws Exception {
    Path model = copy("overflowing");
    Path file = model.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    try (Checkpoint checkpoint = CheckpointReader.open(file)) {
      Tensor embedding = checkpoint.find("model.embed_tokens.weight").orElseThrow();
      for (int i = 0; i < embedding.data().byteSize(); i++) {
        bytes[(int) embedding.offset() + i] = (byte) 0xff; // NaN in every float type
      }
    }
    Files.write(file, bytes);
    try (ModelHost host = host(model)) {
      assertThatExceptionOfType(BadFileException.class)
          .isThrownBy(host::load)
          .withMessageStartingWith(model + ": generates no token: the logit of token ")
          .withMessageEndingWith(" is NaN");
    }
  }

  @Test
  void servesAModelWhoseStopTokenIsOutsideItsVocabulary() throws Exception {
    Path model = copy("stop");
    Path config = model.resolve("config.json");
    String text = Files.readString(config);
    String edited = text.replaceAll("\"eos_token_id\": *\\d+", "\"eos_token_id\": 2147483647");
    assertThat(edited).isNotEqualTo(text);
    Files.writeString(config, edited);
    try (ModelHost host = host(model)) {
      host.load();
      assertThat(registry.models()).hasSize(1);
    }
  }

  private static ModelOrder order(String name, Path path) {
    return new ModelOrder(name, path.toString(), null, null, null);
  }

  @Test
  void loadsAndUnloadsModelsWhileItServes() throws Exception {
    Path first = copy("first");
    Path second = copy("second");
    try (ModelHost host = host(first)) {
      host.load();
      registry.enter(ModelRegistry.State.READY);
      for (int round = 0; round < 3; round++) {
        AdministeredModel loaded = host.load(order("second", second));
        assertThat(loaded.state()).isEqualTo(AdministeredModel.State.READY);
        assertThat(loaded.weightBytes()).isPositive();
        assertThat(host.models())
            .extracting(AdministeredModel::name)
            .containsExactly("first", "second");
        assertThat(registry.find("second")).isPresent();
        assertThatExceptionOfType(ApiException.Conflict.class)
            .isThrownBy(() -> host.load(order("second", first)))
            .withMessageContaining("second");

        host.unload("second");

        assertThat(registry.find("second")).isEmpty();
        assertThat(host.models()).extracting(AdministeredModel::name).containsExactly("first");
        assertThat(OpenFiles.below(second)).isEmpty();
        assertThat(meters.getMeters())
            .extracting(meter -> String.valueOf(meter.getId().getTag("model_name")))
            .contains("first")
            .doesNotContain("second");
        assertThat(Thread.getAllStackTraces().keySet())
            .extracting(Thread::getName)
            .contains("engine-first")
            .doesNotContain("engine-second");
      }
      assertThatExceptionOfType(ApiException.ModelNotFound.class)
          .isThrownBy(() -> host.unload("second"));
    }
  }

  /** Kernels compute for one thread at a time: a load and the steps of other models take turns. */
  @Test
  void loadsWhileAnotherModelGenerates() throws Exception {
    try (ModelHost host = host(FACTORED)) {
      host.load();
      registry.enter(ModelRegistry.State.READY);
      Backend busy = registry.models().getFirst().backend();
      for (int round = 0; round < 10; round++) {
        CompletableFuture<GenerationEvent> end = new CompletableFuture<>();
        Generation generation =
            busy.submit(
                new GenerationRequest(
                    "r", new int[] {1}, 100, SamplingParams.GREEDY, Set.of(), -1, -1),
                event -> {
                  if (event.isLast()) {
                    end.complete(event);
                  }
                });
        host.load(order("second", FACTORED));
        host.unload("second");
        generation.cancel(CancelCause.CLIENT_GONE);
        assertThat(end.get()).isNotInstanceOf(GenerationEvent.Failed.class);
      }
    }
  }

  @Test
  void aModelThatCannotBeLoadedLeavesNothingBehind() throws Exception {
    Path good = copy("good");
    Path bad = copy("bad");
    Files.delete(bad.resolve("tokenizer.json"));
    try (ModelHost host = host(good)) {
      host.load();
      registry.enter(ModelRegistry.State.READY);
      assertThatExceptionOfType(ApiException.InvalidRequest.class)
          .isThrownBy(() -> host.load(order("bad", bad)))
          .withMessageContaining("no tokenizer in it")
          .satisfies(e -> assertThat(e.field()).isEqualTo("path"));
      assertThatExceptionOfType(ApiException.InvalidRequest.class)
          .isThrownBy(() -> host.load(order("a name", bad)))
          .withMessageContaining("a name");
      assertThat(host.models()).extracting(AdministeredModel::name).containsExactly("good");
      assertThat(OpenFiles.below(bad)).isEmpty();
    }
  }

  @Test
  void aModelThatDoesNotFitBesideTheOthersIsRefusedAndFitsWhenOneIsGone() throws Exception {
    Path first = copy("first");
    Path second = copy("second");
    // Its weights, cache and activations once, but not twice.
    try (ModelHost host = host("1m", first)) {
      host.load();
      registry.enter(ModelRegistry.State.READY);
      assertThatExceptionOfType(ApiException.InvalidRequest.class)
          .isThrownBy(() -> host.load(order("second", second)))
          .withMessageContaining("MiB");

      host.unload("first");

      assertThat(host.load(order("second", second)).state())
          .isEqualTo(AdministeredModel.State.READY);
    }
  }

  private ModelHost host(Path... models) {
    return host("1g", models);
  }

  private ModelHost host(String memory, Path... models) {
    List<String> specs = Stream.of(models).map(model -> model.getFileName() + "=" + model).toList();
    WhitConfig settings =
        Settings.read(
                Map.of(
                    "whit.model",
                    Settings.joined(specs),
                    "whit.max-seqs",
                    "1",
                    "whit.threads",
                    "1",
                    "whit.memory",
                    memory),
                Map.of(),
                Optional.empty())
            .values();
    return new ModelHost(settings, registry, new Metrics(meters, registry, "test"));
  }

  private Path copy(String name) throws IOException {
    Path copy = Files.createDirectory(directory.resolve(name));
    try (Stream<Path> files = Files.list(DENSE)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }
}
