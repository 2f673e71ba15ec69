package dev.whit.model.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whit.checkpoint.CheckpointException;
import dev.whit.kernel.cpu.ScalarKernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelLoaderTest {
  @TempDir Path directory;

  @Test
  void loadsAndReportsProgress() {
    List<String> progress = new ArrayList<>();
    try (ScalarKernels kernels = new ScalarKernels();
        LoadedModel model =
            ModelLoader.load(
                new ModelSource(Fixture.directory("llama/littlebit"), null),
                kernels,
                (ready, total) -> progress.add(ready + "/" + total))) {
      assertThat(progress).containsExactly("1/3", "2/3", "3/3");
      assertThat(model.stopTokens()).containsExactly(1);
      assertThat(model.residentWeightBytes()).isPositive();
      assertThat(model.summary().format()).isEqualTo("littlebit");
    }
  }

  @Test
  void loadsAPackedFileWithItsBaseElsewhere() throws IOException {
    Path original = Fixture.directory("llama/nanoquant-pt");
    Path file = directory.resolve("quantized.pt");
    Files.copy(original.resolve("quantized.pt"), file);
    assertThat(ModelLoader.inspect(new ModelSource(file, original)).format())
        .isEqualTo("nanoquant");
  }

  @Test
  void stopTokensAreTheUnionOfBothFiles() throws IOException {
    copy("llama/littlebit");
    Files.writeString(directory.resolve("generation_config.json"), "{\"eos_token_id\": [7, 5, 1]}");
    try (ScalarKernels kernels = new ScalarKernels();
        LoadedModel model = load(kernels)) {
      assertThat(model.stopTokens()).containsExactlyInAnyOrder(1, 5, 7);
    }
  }

  @Test
  void stopTokensOfAMultimodalModelAreThoseOfBothItsParts() {
    assertThat(stopTokens("{'eos_token_id': [1, 106], 'text_config': {'eos_token_id': 1}}"))
        .containsExactly(1, 106);
    assertThat(stopTokens("{'eos_token_id': [106], 'text_config': {}}")).containsExactly(106);
    assertThat(stopTokens("{'text_config': {}}")).as("the family's default").containsExactly(1);
    assertThat(stopTokens("{'text_config': {'eos_token_id': null}}")).isEmpty();
  }

  @Test
  void refusesStopTokensThatAreNotIds() throws IOException {
    copy("llama/littlebit");
    Files.writeString(
        directory.resolve("generation_config.json"), "{\"eos_token_id\": [\"</s>\"]}");
    try (ScalarKernels kernels = new ScalarKernels()) {
      assertThatThrownBy(() -> load(kernels))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("generation_config.json: eos_token_id is [\"</s>\"]: must be");
    }
  }

  @Test
  void refusesATokenizerLargerThanTheEmbedding() {
    try (ScalarKernels kernels = new ScalarKernels();
        LoadedModel model =
            ModelLoader.load(
                new ModelSource(Fixture.directory("llama/littlebit"), null),
                kernels,
                (ready, total) -> {})) {
      model.requireTokenizerFits(Path.of("tokenizer.json"), 320);
      assertThatThrownBy(() -> model.requireTokenizerFits(Path.of("tokenizer.json"), 321))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining(
              "tokenizer.json: has 321 tokens, the model's embedding only 320 rows");
    }
  }

  @Test
  void aLoadThatFailsFreesWhatItHadLaidOut() {
    CountingKernels kernels = new CountingKernels();
    try (Fixture fixture = Fixture.of("llama/littlebit")) {
      fixture.checkpoint.setBf16("model.norm.weight", 0, Float.NaN);
      assertThatThrownBy(() -> fixture.build(kernels)).isInstanceOf(CheckpointException.class);
    }
    // The embedding, and for each layer two norms, q‖k‖v, output, gate‖up and down.
    assertThat(kernels.made()).isEqualTo(1 + 3 * 6);
    assertThat(kernels.open()).isZero();
  }

  @Test
  void aClosedModelHasFreedItsWeights() {
    CountingKernels kernels = new CountingKernels();
    try (Fixture fixture = Fixture.of("llama/littlebit")) {
      fixture.build(kernels).close();
    }
    assertThat(kernels.open()).isZero();
  }

  /** The stop tokens of a Gemma 3 with this configuration. */
  private Set<Integer> stopTokens(String json) {
    ConfigSection config =
        ConfigFixture.section(directory, "{'model_type': 'gemma3', " + json.substring(1));
    return StopTokens.read(config, Family.of(config).section(config), Optional.empty());
  }

  private LoadedModel load(ScalarKernels kernels) {
    return ModelLoader.load(new ModelSource(directory, null), kernels, (ready, total) -> {});
  }

  private void copy(String model) throws IOException {
    for (String file : List.of("config.json", "model.safetensors", "tokenizer.json")) {
      Files.copy(Fixture.directory(model).resolve(file), directory.resolve(file));
    }
  }
}
