package dev.whit.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small tokenizers of ours say the same in whichever form they are written. */
class EqualFormsTest {
  private static final Path RESOURCES = Path.of("src/test/resources/tokenizer");
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "hello world",
          "  hello   world  ",
          "It was a bright cold day in April, and the clocks were striking thirteen.",
          "<|begin_of_text|>the<|end_of_text|> and <s>hello</s>world <unk>",
          "naïve café 日本語 👩‍👩‍👧‍👦 \u0000\t\r\n\n 1234567 we've I'LL",
          "e\u0301 \u2581\u2581 <0x0A> \uFFFD");

  /** token → id and what the library should find of a tokenizer.json, by id. */
  private record Parts(Map<Integer, String> tokens, List<String> merges, JsonNode root) {
    static Parts of(String name) throws IOException {
      JsonNode root = JSON.readTree(RESOURCES.resolve(name).resolve("tokenizer.json").toFile());
      Map<Integer, String> tokens = new TreeMap<>();
      root.path("model")
          .path("vocab")
          .properties()
          .forEach(token -> tokens.put(token.getValue().asInt(), token.getKey()));
      return new Parts(tokens, merges(root.path("model")), root);
    }

    List<String> texts() {
      return List.copyOf(tokens.values());
    }

    private static List<String> merges(JsonNode model) {
      return StreamSupport.stream(model.path("merges").spliterator(), false)
          .map(merge ->
              merge instanceof ArrayNode pair
                  ? pair.get(0).asText() + " " + pair.get(1).asText()
                  : merge.asText())
          .toList();
    }

    /** Minus the rank of the merge that makes a piece; −1000 for what no merge makes. */
    float score(String piece) {
      for (int rank = 0; rank < merges.size(); rank++) {
        if (merges.get(rank).replace(" ", "").equals(piece)) {
          return -rank;
        }
      }
      return -1000;
    }

    TokenType type(int id, String text) {
      if (text.matches("<0x[0-9A-F]{2}>")) {
        return TokenType.BYTE;
      }
      return id == 0 ? TokenType.UNKNOWN : id < 3 ? TokenType.CONTROL : TokenType.NORMAL;
    }
  }

  @Test
  void vocabularyAndMerges(@TempDir Path dir) throws IOException {
    Parts parts = Parts.of("byte-level");
    Map<String, Integer> vocabulary = new HashMap<>();
    parts.tokens().forEach((id, token) -> vocabulary.put(token, id));
    Files.write(dir.resolve("vocab.json"), JSON.writeValueAsBytes(vocabulary));
    Files.writeString(
        dir.resolve("merges.txt"), "#version: 0.2\n" + String.join("\n", parts.merges()) + "\n");
    Files.writeString(
        dir.resolve("tokenizer_config.json"),
        """
        {"add_bos_token": true, "bos_token": "<|begin_of_text|>", "eos_token": "<|end_of_text|>",
         "pad_token": "<|pad|>", "tokenizer_class": "GPT2TokenizerFast", "chat_template": "T"}\
        """);
    TokenizerFiles files = TokenizerFiles.load(dir);
    assertThat(files.chatTemplate()).isEqualTo("T");
    assertThat(files.specialTokens()).containsEntry("eos_token", "<|end_of_text|>").hasSize(3);
    equal(files, "byte-level");
  }

  @Test
  void byteLevelGguf() throws IOException {
    Parts parts = Parts.of("byte-level");
    int[] types = new int[parts.tokens().size()];
    parts.tokens().keySet().forEach(id -> types[id] = id < 3 ? 3 : 1);
    TokenizerFiles files =
        gguf(
            Map.of(
                "model",
                "gpt2",
                "pre",
                "gpt-2",
                "tokens",
                parts.texts(),
                "merges",
                parts.merges(),
                "token_type",
                types,
                "bos_token_id",
                0,
                "eos_token_id",
                1,
                "add_bos_token",
                true));
    assertThat(files.specialTokens())
        .isEqualTo(
            Map.of(
                "bos_token", "<|begin_of_text|>",
                "eos_token", "<|end_of_text|>"));
    equal(files, "byte-level");
  }

  @Test
  void sentencePieceModel(@TempDir Path dir) throws IOException {
    Files.write(dir.resolve("tokenizer.model"), sentencePiece("byte-fallback").toBytes());
    Files.writeString(dir.resolve("tokenizer_config.json"), "{}");
    TokenizerFiles files = TokenizerFiles.load(dir);
    assertThat(files.specialTokens())
        .isEqualTo(Map.of("bos_token", "<s>", "eos_token", "</s>", "unk_token", "<unk>"));
    equal(files, "byte-fallback");
  }

  @Test
  void sentencePieceGguf() throws IOException {
    Parts parts = Parts.of("byte-fallback");
    List<String> texts = parts.texts();
    float[] scores = new float[texts.size()];
    int[] types = new int[texts.size()];
    for (int id = 0; id < texts.size(); id++) {
      scores[id] = parts.score(texts.get(id));
      types[id] = parts.type(id, texts.get(id)).number();
    }
    Map<String, Object> metadata = new HashMap<>();
    metadata.put("model", "llama");
    metadata.put("tokens", texts);
    metadata.put("scores", scores);
    metadata.put("token_type", types);
    metadata.put("bos_token_id", 1);
    metadata.put("eos_token_id", 2);
    equal(gguf(metadata), "byte-fallback");
  }

  private static SentencePieceWriter sentencePiece(String name) throws IOException {
    Parts parts = Parts.of(name);
    SentencePieceWriter model = SentencePieceWriter.bpe();
    parts
        .tokens()
        .forEach((id, text) -> model.piece(text, parts.score(text), parts.type(id, text)));
    return model.message(3, normalizer -> normalizer.integer(4, 0));
  }

  static TokenizerFiles gguf(Map<String, Object> metadata) {
    Map<String, Object> keys = new HashMap<>();
    metadata.forEach((key, value) -> keys.put("tokenizer.ggml." + key, value));
    return GgufTokenizer.load(Path.of("made.gguf"), new GgufMap(keys));
  }

  private static void equal(TokenizerFiles actual, String name) {
    List<String> texts = new ArrayList<>(TEXTS);
    Random random = new Random(3);
    for (int i = 0; i < 100; i++) {
      List<String> shuffled = new ArrayList<>(List.of(String.join(" ", TEXTS).split("(?<=[ ,e])")));
      Collections.shuffle(shuffled, random);
      texts.add(String.join("", shuffled.subList(0, 8)));
    }
    try (Tokenizer tokenizer = actual.tokenizer();
        Tokenizer expected =
            HuggingFaceTokenizer.load(RESOURCES.resolve(name).resolve("tokenizer.json"))) {
      assertThat(tokenizer.size()).isEqualTo(expected.size());
      for (int id = 0; id < expected.size(); id++) {
        assertThat(tokenizer.token(id)).isEqualTo(expected.token(id));
        assertThat(tokenizer.isSpecial(id)).isEqualTo(expected.isSpecial(id));
      }
      for (String text : texts) {
        for (boolean special : new boolean[] {true, false}) {
          int[] ids = expected.encode(text, special);
          assertThat(tokenizer.encode(text, special)).as(text).containsExactly(ids);
          assertThat(tokenizer.decode(ids, special))
              .as(text)
              .isEqualTo(expected.decode(ids, special));
          assertThat(String.join("", HuggingFaceTokenizerTest.pieces(tokenizer, ids, special)))
              .as(text)
              .isEqualTo(expected.decode(ids, special));
        }
      }
    }
  }
}
