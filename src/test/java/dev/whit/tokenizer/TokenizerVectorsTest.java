package dev.whit.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Real tokenizers against the vectors made by Hugging Face's library, where the data directory is
 * there.
 */
class TokenizerVectorsTest {
  private static final Path DATA =
      Path.of(System.getProperty("whit.data", "../shared/data")).resolve("tokenizers");

  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "llama2", "llama3", "opt", "phi4", "qwen2.5", "qwen3"})
  void equalsEveryVector(String name) throws IOException {
    Path directory = DATA.resolve(name);
    Assumptions.assumeTrue(Files.isDirectory(directory), () -> directory + " is not there");
    JsonNode vectors =
        new ObjectMapper().readTree(directory.resolve("vectors.json").toFile()).path("vectors");
    assertThat(vectors).isNotEmpty();
    SoftAssertions softly = new SoftAssertions();
    try (HuggingFaceTokenizer tokenizer =
        HuggingFaceTokenizer.load(directory.resolve("tokenizer.json"))) {
      for (JsonNode vector : vectors) {
        String text = vector.path("text").asText();
        int[] ids = ids(vector.path("ids"));
        softly.assertThat(tokenizer.encode(text, true)).as(text).containsExactly(ids);
        softly
            .assertThat(tokenizer.encode(text, false))
            .as(text)
            .containsExactly(ids(vector.path("ids_without_special")));
        softly
            .assertThat(tokenizer.decode(ids, true))
            .as(text)
            .isEqualTo(vector.path("decoded").asText());
        softly
            .assertThat(tokenizer.decode(ids(vector.path("ids_without_special")), false))
            .as(text)
            .isEqualTo(vector.path("decoded_with_special").asText());
        for (boolean skip : new boolean[] {true, false}) {
          softly
              .assertThat(String.join("", HuggingFaceTokenizerTest.pieces(tokenizer, ids, skip)))
              .as("pieces of %s", text)
              .isEqualTo(tokenizer.decode(ids, skip));
        }
      }
    }
    softly.assertAll();
  }

  private static int[] ids(JsonNode list) {
    return Stream.iterate(0, i -> i < list.size(), i -> i + 1)
        .mapToInt(i -> list.get(i).asInt())
        .toArray();
  }
}
