package dev.whit.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Real tokenizers, in each form that they come in, against the vectors made by Hugging Face's
 * library, where the data directory is there.
 */
class TokenizerVectorsTest {
  private static final Path DATA =
      Path.of(System.getProperty("whit.data", "../shared/data")).resolve("tokenizers");

  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "llama2", "llama3", "opt", "phi4", "qwen2.5", "qwen3"})
  void tokenizerJson(String name) throws IOException {
    equalsEveryVector(TokenizerFiles.load(existing(name)), name);
  }

  @Test
  void vocabularyAndMerges(@TempDir Path dir) throws IOException {
    copy("opt", dir, "vocab.json", "merges.txt");
    equalsEveryVector(TokenizerFiles.load(dir), "opt");
  }

  @Test
  void vocabularyAndMergesWithSettings(@TempDir Path dir) throws IOException {
    copy("opt", dir, "vocab.json", "merges.txt");
    Files.writeString(
        dir.resolve("tokenizer_config.json"),
        """
        {"add_bos_token": true, "tokenizer_class": "GPT2Tokenizer", "bos_token": "</s>",
         "eos_token": {"content": "</s>", "normalized": true}, "pad_token": "<pad>"}\
        """);
    equalsEveryVector(TokenizerFiles.load(dir), "opt");
  }

  /** GPT-2's and Qwen's two files, made from their tokenizer.json. */
  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "qwen2.5", "qwen3"})
  void vocabularyAndMergesOf(String name, @TempDir Path dir) throws IOException {
    JsonNode model = tokenizerJson(existing(name)).path("model");
    Files.write(dir.resolve("vocab.json"), JSON.writeValueAsBytes(model.path("vocab")));
    Files.writeString(
        dir.resolve("merges.txt"), "#version: 0.2\n" + String.join("\n", merges(model)) + "\n");
    if (Files.exists(DATA.resolve(name).resolve("tokenizer_config.json"))) {
      copy(name, dir, "tokenizer_config.json");
    }
    equalsEveryVector(TokenizerFiles.load(dir), name);
  }

  @Test
  void sentencePieceModel(@TempDir Path dir) throws IOException {
    copy("llama2", dir, "tokenizer.model");
    equalsEveryVector(TokenizerFiles.load(dir), "llama2");
  }

  @Test
  void sentencePieceModelWithSettings(@TempDir Path dir) throws IOException {
    copy("llama2", dir, "tokenizer.model", "tokenizer_config.json", "special_tokens_map.json");
    equalsEveryVector(TokenizerFiles.load(dir), "llama2");
  }

  /** The metadata that llama.cpp's converter writes for a byte-level tokenizer. */
  @ParameterizedTest
  @CsvSource({
    "gpt2, gpt-2, <|endoftext|>",
    "opt, gpt-2, </s>",
    "llama3, llama-bpe, <|begin_of_text|>",
    "qwen2.5, qwen2, ''",
    "qwen3, qwen2, ''"
  })
  void ggufMetadata(String name, String pre, String bos) throws IOException {
    Map<String, Object> metadata = byteLevelMetadata(tokenizerJson(existing(name)), pre);
    List<?> tokens = (List<?>) metadata.get("tokenizer.ggml.tokens");
    if (!bos.isEmpty()) {
      metadata.put("tokenizer.ggml.bos_token_id", tokens.indexOf(bos));
    }
    if (name.equals("opt")) {
      metadata.put("tokenizer.ggml.add_bos_token", true);
    }
    equalsEveryVector(GgufTokenizer.load(Path.of("made.gguf"), new GgufMap(metadata)), name);
  }

  private static Map<String, Object> byteLevelMetadata(JsonNode root, String pre) {
    Map<Integer, String> tokens = new HashMap<>();
    root.path("model")
        .path("vocab")
        .properties()
        .forEach(token -> tokens.put(token.getValue().asInt(), token.getKey()));
    Map<Integer, Integer> types = new HashMap<>();
    for (JsonNode added : root.path("added_tokens")) {
      tokens.put(added.path("id").asInt(), added.path("content").asText());
      types.put(added.path("id").asInt(), added.path("special").asBoolean() ? 3 : 4);
    }
    int size = Collections.max(tokens.keySet()) + 1;
    List<String> texts = new ArrayList<>();
    List<Integer> numbers = new ArrayList<>();
    for (int id = 0; id < size; id++) {
      texts.add(tokens.getOrDefault(id, "[PAD" + id + "]"));
      numbers.add(types.getOrDefault(id, tokens.containsKey(id) ? 1 : 5));
    }
    Map<String, Object> metadata = new HashMap<>();
    metadata.put("tokenizer.ggml.model", "gpt2");
    metadata.put("tokenizer.ggml.pre", pre);
    metadata.put("tokenizer.ggml.tokens", texts);
    metadata.put("tokenizer.ggml.token_type", numbers.stream().mapToInt(n -> n).toArray());
    metadata.put("tokenizer.ggml.merges", merges(root.path("model")));
    return metadata;
  }

  private static Path existing(String name) {
    Path directory = DATA.resolve(name);
    assumeTrue(Files.isDirectory(directory), () -> directory + " is not there");
    return directory;
  }

  private static void copy(String name, Path to, String... files) throws IOException {
    for (String file : files) {
      Files.copy(existing(name).resolve(file), to.resolve(file));
    }
  }

  private static JsonNode tokenizerJson(Path directory) throws IOException {
    return JSON.readTree(directory.resolve("tokenizer.json").toFile());
  }

  /** Merges as lines: a tokenizer.json has either those, or pairs. */
  private static List<String> merges(JsonNode model) {
    return StreamSupport.stream(model.path("merges").spliterator(), false)
        .map(merge ->
            merge instanceof ArrayNode pair
                ? pair.get(0).asText() + " " + pair.get(1).asText()
                : merge.asText())
        .toList();
  }

  private static void equalsEveryVector(TokenizerFiles files, String name) throws IOException {
    JsonNode vectors =
        JSON.readTree(DATA.resolve(name).resolve("vectors.json").toFile()).path("vectors");
    assertThat(vectors).isNotEmpty();
    SoftAssertions softly = new SoftAssertions();
    try (Tokenizer tokenizer = files.tokenizer()) {
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
    return StreamSupport.stream(list.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
  }
}
