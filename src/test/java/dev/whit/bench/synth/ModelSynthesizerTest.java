package dev.whit.bench.synth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.whit.checkpoint.CheckpointException;
import dev.whit.checkpoint.DType;
import dev.whit.model.loading.LinearSummary;
import dev.whit.model.loading.ModelLoader;
import dev.whit.model.loading.ModelSource;
import dev.whit.model.loading.ModelSummary;
import dev.whit.tokenizer.TokenizerFiles;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ModelSynthesizerTest {
  private static final String OPT =
      """
      {"model_type": "opt", "hidden_size": 64, "word_embed_proj_dim": 48, "ffn_dim": 96,
       "num_hidden_layers": 2, "num_attention_heads": 4, "vocab_size": 300,
       "max_position_embeddings": 64, "activation_function": "relu",
       "do_layer_norm_before": true}
      """;

  @TempDir private Path directory;

  static Stream<Arguments> everyShapeByEveryMethod() {
    return Shapes.names().stream()
        .flatMap(name -> Stream.of(Method.values()).map(method -> Arguments.of(name, method)));
  }

  @ParameterizedTest
  @MethodSource
  void everyShapeByEveryMethod(String name, Method method) throws IOException {
    ModelSummary summary = write(small(name), new SynthSpec(method, 1, DType.BF16, 1));

    assertThat(summary.format()).isEqualTo(method.name().toLowerCase(java.util.Locale.ROOT));
    assertThat(summary.warnings()).isEmpty();
    assertThat(summary.layers()).hasSize(2);
  }

  @Test
  void projectionsLearnedPositionsAndLayerNorms() throws IOException {
    ObjectNode opt = (ObjectNode) new ObjectMapper().readTree(OPT);

    ModelSummary summary = write(opt, new SynthSpec(Method.NANOQUANT, 1, DType.F16, 1));

    assertThat(summary.features()).contains("learned positions", "embedding of width 48");
    assertThat(summary.warnings()).isEmpty();
  }

  @Test
  void ranksFollowFromTheBits() throws IOException {
    ObjectNode shape = small("llama2-7b").put("hidden_size", 1024).put("intermediate_size", 2048);

    ModelSummary summary = write(shape, new SynthSpec(Method.LITTLEBIT, 0.55, DType.BF16, 1));

    LinearSummary down = summary.layers().getFirst().getLast();
    assertThat(down.name()).isEqualTo("model.layers.0.mlp.down_proj");
    assertThat(down.ranks()).containsExactly(168, 168);
    assertThat(summary.bitsPerWeight()).isBetween(0.5, 0.56);
  }

  @Test
  void theSameSeedGivesTheSameFile() throws IOException {
    SynthSpec spec = new SynthSpec(Method.LITTLEBIT, 1, DType.F16, 7);
    Path first = directory.resolve("a");
    Path second = directory.resolve("b");
    ModelSynthesizer.write(
        Path.of("test"), small("llama3-8b"), spec, first, (written, total) -> {});
    ModelSynthesizer.write(
        Path.of("test"), small("llama3-8b"), spec, second, (written, total) -> {});

    assertThat(second.resolve("model.safetensors"))
        .hasSameBinaryContentAs(first.resolve("model.safetensors"));
  }

  @Test
  void theTokenizerReadsBackWhatItWrote() throws IOException {
    write(small("llama2-7b"), new SynthSpec(Method.DENSE, 0, DType.BF16, 1));
    TokenizerFiles text = TokenizerFiles.load(directory.resolve("model"));

    String sample = "Grüße, \u0000 日本 \uD83D\uDE00\n";
    int[] ids = text.tokenizer().encode(sample, true);

    assertThat(ids[0]).isEqualTo(ByteTokenizer.BEGIN_ID);
    assertThat(text.tokenizer().size()).isEqualTo(ByteTokenizer.SIZE);
    assertThat(text.tokenizer().id("<|end_of_text|>")).isEqualTo(ByteTokenizer.END_ID);
    assertThat(text.tokenizer().decode(java.util.Arrays.copyOfRange(ids, 1, ids.length), false))
        .isEqualTo(sample);
  }

  @Test
  void progressEndsWithTheSizeOfTheFile() throws IOException {
    Path target = directory.resolve("model");
    List<Long> written = new java.util.ArrayList<>();
    ModelSynthesizer.write(
        Path.of("test"),
        small("llama2-7b"),
        new SynthSpec(Method.DENSE, 0, DType.BF16, 1),
        target,
        (bytes, total) -> {
          assertThat(bytes).isLessThanOrEqualTo(total);
          written.add(bytes);
        });

    assertThat(written)
        .isSorted()
        .last()
        .isEqualTo(Files.size(target.resolve("model.safetensors")));
  }

  @ParameterizedTest
  @EnumSource
  void fewerThanOneBitIsNeverMoreThanFullRank(Method method) throws IOException {
    ModelSummary summary = write(small("llama2-7b"), new SynthSpec(method, 16, DType.BF16, 1));

    assertThat(summary.layers().getFirst())
        .allSatisfy(linear ->
            assertThat(linear.ranks())
                .allMatch(rank -> rank <= Math.min(linear.inputs(), linear.outputs())));
  }

  @Test
  void refusesADirectoryThatIsNotEmpty() throws IOException {
    Path target = Files.createDirectory(directory.resolve("model"));
    Files.createFile(target.resolve("file"));

    assertThatThrownBy(() -> write(small("llama2-7b"), dense()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is not empty");
  }

  @Test
  void refusesAFileWhereTheDirectoryShouldBe() throws IOException {
    Path file = Files.createFile(directory.resolve("model"));

    assertThatThrownBy(() -> write(small("llama2-7b"), dense()))
        .isInstanceOf(IOException.class)
        .hasMessage(file + " is not a directory");
  }

  @Test
  void refusesAVocabularyWithoutRoomForTheBytes() {
    assertThatThrownBy(() -> write(small("llama2-7b").put("vocab_size", 257), dense()))
        .isInstanceOf(CheckpointException.class)
        .hasMessage("shape.json: vocab_size is 257: a tokenizer of bytes has 258 tokens");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void refusesAShapeThatCannotBeServed() {
    assertThatThrownBy(() -> write(small("llama2-7b").put("model_type", "mamba"), dense()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("shape.json: model_type is \"mamba\"");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void leavesNothingOfAModelThatIsNotWhole() throws IOException {
    WriteListener interrupt = (written, total) -> Thread.currentThread().interrupt();

    assertThatThrownBy(() -> write(small("llama2-7b"), dense(), interrupt))
        .isInstanceOf(ClosedByInterruptException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(directory).isEmptyDirectory();

    Path there = Files.createDirectory(directory.resolve("model"));
    assertThatThrownBy(() -> write(small("llama2-7b"), dense(), interrupt))
        .isInstanceOf(ClosedByInterruptException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(there).isEmptyDirectory();
  }

  private static SynthSpec dense() {
    return new SynthSpec(Method.DENSE, 0, DType.BF16, 1);
  }

  private ModelSummary write(ObjectNode shape, SynthSpec spec) throws IOException {
    return write(shape, spec, (written, total) -> {});
  }

  private ModelSummary write(ObjectNode shape, SynthSpec spec, WriteListener listener)
      throws IOException {
    Path target = directory.resolve("model");
    ModelSynthesizer.write(Path.of("shape.json"), shape, spec, target, listener);
    return ModelLoader.inspect(new ModelSource(target, null));
  }

  /** A shape's family and features at a size for tests. */
  private static ObjectNode small(String name) {
    return Shapes.find(name)
        .orElseThrow()
        .put("hidden_size", 64)
        .put("intermediate_size", 96)
        .put("num_hidden_layers", 2)
        .put("num_attention_heads", 4)
        .put("num_key_value_heads", 2)
        .put("head_dim", 16)
        .put("vocab_size", 300);
  }
}
