package dev.whit.model.loading;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whit.checkpoint.GgufWriter;
import dev.whit.checkpoint.InMemoryFile;
import dev.whit.checkpoint.gguf.GgufReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LicenceTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;

  private @Nullable String licence(Path weights, String config) throws IOException {
    Path file = directory.resolve("config.json");
    ModelFiles files = new ModelFiles(weights, file, Optional.empty(), directory);
    return Licence.of(files, ConfigSection.of(file, JSON.readTree(config)));
  }

  private @Nullable String ofCard(String card) throws IOException {
    Files.writeString(directory.resolve("README.md"), card);
    return licence(directory, "{}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      nullValues = "none",
      value = {
        "---;license: apache-2.0;---;A model. | apache-2.0",
        "---;language: [en, de];license: 'mit' # the usual one;eval: {a: [1]};--- | mit",
        "---;license: other;license_name: llama3.1;license_link: LICENSE;--- | llama3.1",
        "---;license: other;--- | other",
        "---;license:;- mit;- apache-2.0;--- | mit, apache-2.0",
        "---;license: 7;--- | none",
        "---;license: {a: b};--- | none",
        "---;license: mit | none",
        "# A model;license: mit;--- | none",
        "---;license: [mit;--- | none",
        "---;license: !!java.util.Date [];--- | none",
        "---;a: &a [1];b: [*a, *a];license: mit;--- | none",
        "---;--- | none"
      })
  void isThatOfTheModelCardsFrontMatter(String card, @Nullable String expected) throws IOException {
    assertThat(ofCard(card.replace(';', '\n'))).isEqualTo(expected);
  }

  @Test
  void aLongTextOrALateOneIsNoName() throws IOException {
    assertThat(ofCard("---\nlicense: " + "x".repeat(100) + "\n---\n")).hasSize(100);
    assertThat(ofCard("---\nlicense: " + "x".repeat(101) + "\n---\n")).isNull();
    assertThat(ofCard("---\nlicense: \"a\\nb\"\n---\n")).isNull();
    assertThat(ofCard("---\na: " + "x".repeat(1 << 16) + "\nlicense: mit\n---\n")).isNull();
  }

  @Test
  void theConfigurationsOwnWordComesFirst() throws IOException {
    Files.writeString(directory.resolve("README.md"), "---\nlicense: mit\n---\n");
    assertThat(licence(directory, "{\"license\": \"bsd\"}")).isEqualTo("bsd");
    assertThat(licence(directory, "{\"license\": [1]}")).isEqualTo("mit");
    assertThat(licence(directory, "{\"license\": null}")).isEqualTo("mit");
  }

  /** A packed file has its own card, else that of its base. */
  @Test
  void theCardMayBeWhereTheConfigurationIs() throws IOException {
    Files.writeString(directory.resolve("README.md"), "---\nlicense: mit\n---\n");
    Path packed = Files.createDirectory(directory.resolve("packed"));
    Path weights = Files.createFile(packed.resolve("quantized.pt"));
    assertThat(licence(weights, "{}")).isEqualTo("mit");
    Files.writeString(packed.resolve("README.md"), "---\nlicense: bsd\n---\n");
    assertThat(licence(weights, "{}")).isEqualTo("bsd");
    assertThat(licence(packed, "{}")).isEqualTo("bsd");
  }

  @Test
  void thatOfGgufIsInItsMetadata() throws IOException {
    byte[] file =
        new GgufWriter()
            .string("general.architecture", "qwen3")
            .string("general.license", "apache-2.0")
            .u32("qwen3.block_count", 2)
            .u32("qwen3.context_length", 128)
            .u32("qwen3.embedding_length", 96)
            .u32("qwen3.feed_forward_length", 144)
            .u32("qwen3.attention.head_count", 4)
            .f32("qwen3.attention.layer_norm_rms_epsilon", 1e-5f)
            .floats("token_embd.weight", new long[] {3, 2}, 1, 2, 3, 4, 5, 6)
            .toBytes();
    GgufReader.Contents contents = GgufReader.read(InMemoryFile.of(file));
    ConfigSection config = GgufConfig.of(contents, GgufArchitecture.of(contents.metadata()));
    Path path = directory.resolve("model.gguf");
    assertThat(Licence.of(new ModelFiles(path, path, Optional.empty(), path), config))
        .isEqualTo("apache-2.0");
  }
}
