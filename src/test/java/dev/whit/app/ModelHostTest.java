package dev.whit.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.whit.api.ModelRegistry;
import dev.whit.checkpoint.Checkpoint;
import dev.whit.checkpoint.CheckpointReader;
import dev.whit.checkpoint.Tensor;
import dev.whit.config.Settings;
import dev.whit.config.WhitConfig;
import dev.whit.metrics.Metrics;
import dev.whit.tokenizer.TokenizerException;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelHostTest {
  private static final Path DENSE = Path.of("src/test/resources/golden/mistral/dense");

  @TempDir private Path directory;
  private final ModelRegistry registry = new ModelRegistry();

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

  private ModelHost host(Path... models) {
    List<String> specs = Stream.of(models).map(model -> model.getFileName() + "=" + model).toList();
    WhitConfig settings =
        Settings.read(
                Map.of(
                    "whit.model",
                    Settings.joined(specs),
                    "whit.max-seqs",
                    "1",
                    "whit.threads",
                    "1"),
                Map.of(),
                Optional.empty())
            .values();
    return new ModelHost(settings, registry, new Metrics(new CompositeMeterRegistry(), "test"));
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
