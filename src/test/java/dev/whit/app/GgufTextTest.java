package dev.whit.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whit.tokenizer.Tokenizer;
import dev.whit.tokenizer.TokenizerFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.StreamSupport;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tokenizers of real GGUF files give the ids that are expected of them, where the data is there.
 */
class GgufTextTest {
  private static final Path DATA = Path.of(System.getProperty("whit.data", "../shared/data"));
  private static final Path VOCABULARIES = DATA.resolve("tokenizers/ggml-vocab");

  /** llama.cpp's files with its own expectations. */
  @ParameterizedTest
  @ValueSource(strings = {"gpt-2", "llama-spm", "phi-3"})
  void encodesAsLlamaCppExpects(String name) throws IOException {
    Path file = existing(VOCABULARIES.resolve("ggml-vocab-" + name + ".gguf"));
    check(GgufText.tokenizer(file).tokenizer(), file);
  }

  /** Expectations without a file: the same tokenizer as a tokenizer.json. */
  @ParameterizedTest
  @CsvSource({"llama-bpe, llama3", "qwen2, qwen2.5"})
  void soDoesTheSameTokenizerAsJson(String name, String directory) throws IOException {
    Path json = existing(DATA.resolve("tokenizers").resolve(directory));
    check(
        TokenizerFiles.load(json).tokenizer(),
        VOCABULARIES.resolve("ggml-vocab-" + name + ".gguf"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama3", "qwen3", "gemma3"})
  void encodesAsTheGoldenSays(String family) throws IOException {
    Path directory = existing(DATA.resolve("golden").resolve(family).resolve("nanoquant-gguf"));
    JsonNode golden = new ObjectMapper().readTree(directory.resolve("golden.json").toFile());
    assertThat(golden.path("text_ids")).isNotEmpty();
    try (Tokenizer tokenizer = GgufText.tokenizer(directory.resolve("model.gguf")).tokenizer()) {
      assertThat(tokenizer.encode(golden.path("text").asText(), true))
          .containsExactly(
              StreamSupport.stream(golden.path("text_ids").spliterator(), false)
                  .mapToInt(JsonNode::asInt)
                  .toArray());
    }
  }

  private static Path existing(Path path) {
    assumeTrue(Files.exists(path), () -> path + " is not there");
    return path;
  }

  private static void check(Tokenizer tokenizer, Path file) throws IOException {
    List<String> texts =
        List.of(Files.readString(Path.of(file + ".inp")).split("\n__ggml_vocab_test__\n", -1));
    List<String> ids = Files.readAllLines(Path.of(file + ".out"));
    assertThat(texts).hasSize(ids.size() + 1).last().isEqualTo(""); // a separator ends each text
    SoftAssertions softly = new SoftAssertions();
    try (tokenizer) {
      for (int i = 0; i < ids.size(); i++) {
        softly
            .assertThat(tokenizer.encode(texts.get(i), false))
            .as("'%s'", texts.get(i))
            .containsExactly(ids(ids.get(i)));
      }
    }
    softly.assertAll();
  }

  private static int[] ids(String line) {
    return Arrays.stream(line.strip().split(" +"))
        .filter(id -> !id.isEmpty())
        .mapToInt(Integer::parseInt)
        .toArray();
  }
}
