package dev.whit.model.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whit.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelSourceTest {
  @TempDir Path directory;
  private Path alone;
  private Path base;

  @BeforeEach
  void createDirectories() throws IOException {
    alone = Files.createDirectory(directory.resolve("alone"));
    base = Files.createDirectory(directory.resolve("base"));
    create(alone.resolve("quantized.pt"));
    create(base.resolve("config.json"));
    create(base.resolve("tokenizer.json"));
  }

  @Test
  void aModelDirectoryHasEverything() throws IOException {
    create(base.resolve("generation_config.json"));
    ModelFiles files = new ModelSource(base, null).resolve();
    assertThat(files.weights()).isEqualTo(base);
    assertThat(files.config()).isEqualTo(base.resolve("config.json"));
    assertThat(files.generationConfig()).contains(base.resolve("generation_config.json"));
    assertThat(files.tokenizer()).isEqualTo(base);
  }

  @Test
  void aFileFindsItsConfigurationBesideIt() throws IOException {
    Path inside = base.resolve("quantized.pt");
    create(inside);
    ModelFiles files = new ModelSource(inside, null).resolve();
    assertThat(files.weights()).isEqualTo(inside);
    assertThat(files.config()).isEqualTo(base.resolve("config.json").toAbsolutePath());
  }

  @Test
  void elseInTheBaseDirectory() {
    for (Path target : new Path[] {alone, alone.resolve("quantized.pt")}) {
      ModelFiles files = new ModelSource(target, base).resolve();
      assertThat(files.weights()).isEqualTo(target);
      assertThat(files.config()).isEqualTo(base.resolve("config.json"));
      assertThat(files.tokenizer()).isEqualTo(base);
    }
  }

  @Test
  void theTokenizerMayBeElsewhereThanTheConfiguration() throws IOException {
    create(alone.resolve("config.json"));
    ModelFiles files = new ModelSource(alone, base).resolve();
    assertThat(files.config()).isEqualTo(alone.resolve("config.json"));
    assertThat(files.tokenizer()).isEqualTo(base);
  }

  @Test
  void aMissingConfigurationNamesTheWayOut() {
    assertRefused(
        alone, null, "config.json: not found; name the base model's directory with base=DIR");
    assertRefused(alone, alone, "config.json: not found, nor in base=" + alone);
  }

  @Test
  void whatIsNotAModelIsRefused() throws IOException {
    assertRefused(directory.resolve("nothing"), null, "nothing: no such file or directory");
    Path text = base.resolve("notes.txt");
    create(text);
    assertRefused(text, null, "notes.txt: is neither a model directory nor a file of [.pt");
    assertRefused(alone, text, "notes.txt: base= must name a directory");
  }

  private static void create(Path file) throws IOException {
    Files.writeString(file, "{}");
  }

  private static void assertRefused(Path target, @Nullable Path base, String message) {
    assertThatThrownBy(() -> new ModelSource(target, base).resolve())
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(message);
  }
}
