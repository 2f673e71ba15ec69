package dev.whit.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the files beside a vocabulary say counts. */
class TokenizerFilesTest {
  @TempDir Path dir;

  private void write(String name, String content) throws IOException {
    Files.writeString(dir.resolve(name), content);
  }

  private int[] encode(String text) {
    try (Tokenizer tokenizer = TokenizerFiles.load(dir).tokenizer()) {
      return tokenizer.encode(text, true);
    }
  }

  private String decode(int... ids) {
    try (Tokenizer tokenizer = TokenizerFiles.load(dir).tokenizer()) {
      return tokenizer.decode(ids, false);
    }
  }

  private void byteLevel() throws IOException {
    write("vocab.json", "{\"a\": 0, \"b\": 1, \"ab\": 2, \"\u0120\": 3, \"\u0120a\": 4}");
    write("merges.txt", "#version: 0.2\n\u0120 a\na b\n");
  }

  @Test
  void anOptVocabularyBeginsTextsWithItsEnd() throws IOException {
    write(
        "vocab.json",
        "{\"<s>\": 0, \"<pad>\": 1, \"</s>\": 2, \"<unk>\": 3, \"a\": 4, \"b\": 5, \"ab\": 6}");
    write("merges.txt", "#version: 0.2\na b\n");
    assertThat(encode("ab</s>b")).containsExactly(2, 6, 2, 5);
    assertThat(TokenizerFiles.load(dir).specialTokens())
        .containsEntry("bos_token", "</s>")
        .containsEntry("pad_token", "<pad>");
    write("tokenizer_config.json", "{\"add_bos_token\": false}");
    assertThat(encode("ab")).containsExactly(6);
  }

  @Test
  void addedTokensAreCutOutFirst() throws IOException {
    byteLevel();
    write("added_tokens.json", "{\"ba\": 7}");
    write(
        "special_tokens_map.json",
        """
        {"eos_token": {"content": "!", "rstrip": true}, "pad_token": "not in the vocabulary"}\
        """);
    write(
        "tokenizer_config.json",
        "{\"added_tokens_decoder\": {\"8\": {\"content\": \"!\", \"rstrip\": true}}}");
    assertThat(encode("abab!  a")).containsExactly(0, 7, 1, 8, 0);
    try (Tokenizer tokenizer = TokenizerFiles.load(dir).tokenizer()) {
      assertThat(tokenizer.isSpecial(8)).isTrue();
      assertThat(tokenizer.isSpecial(7)).isFalse();
      assertThat(tokenizer.size()).isEqualTo(9);
    }
  }

  @Test
  void aPrefixSpaceAndAnEndAreAddedOnDemand() throws IOException {
    byteLevel();
    write(
        "tokenizer_config.json",
        "{\"add_prefix_space\": true, \"add_eos_token\": true, \"eos_token\": \"b\"}");
    assertThat(encode("a")).containsExactly(4, 1);
  }

  @Test
  void qwensClassComposesTexts() throws IOException {
    write("vocab.json", "{\"\u00C3\": 0, \"\u00A9\": 1, \"e\": 2, \"\u00CC\": 3, \"\u0123\": 4}");
    write("merges.txt", "");
    write("tokenizer_config.json", "{\"tokenizer_class\": \"Qwen2Tokenizer\"}");
    assertThat(encode("e\u0301")).containsExactly(0, 1); // é in UTF-8: C3 A9
  }

  @Test
  void aClassWithOtherWordsIsRefusedByName() throws IOException {
    byteLevel();
    write("tokenizer_config.json", "{\"tokenizer_class\": \"CLIPTokenizer\"}");
    assertThatThrownBy(() -> TokenizerFiles.load(dir))
        .isInstanceOf(TokenizerException.class)
        .hasMessage(
            dir.resolve("tokenizer_config.json")
                + ": tokenizer_class CLIPTokenizer is not supported without a tokenizer.json");
  }

  /** Pieces: unknown, begin, end, ▁ (3), a (4), ▁a (5), ▁▁ (6), a space (7). */
  private void sentencePiece(boolean prefix, boolean extra, boolean escape) throws IOException {
    SentencePieceWriter model =
        SentencePieceWriter.bpe()
            .piece("<unk>", 0, TokenType.UNKNOWN)
            .piece("<s>", 0, TokenType.CONTROL)
            .piece("</s>", 0, TokenType.CONTROL)
            .piece("\u2581", -3, TokenType.NORMAL)
            .piece("a", -4, TokenType.NORMAL)
            .piece("\u2581a", -1, TokenType.NORMAL)
            .piece("\u2581\u2581", -2, TokenType.NORMAL)
            .piece(" ", -5, TokenType.NORMAL)
            .message(
                3,
                spec ->
                    spec.integer(3, prefix ? 1 : 0)
                        .integer(4, extra ? 1 : 0)
                        .integer(5, escape ? 1 : 0));
    Files.write(dir.resolve("tokenizer.model"), model.toBytes());
  }

  @Test
  void theBestScoreIsMergedFirst() throws IOException {
    sentencePiece(false, false, true);
    assertThat(encode("   a")).containsExactly(1, 6, 5);
    assertThat(decode(6, 5, 4)).isEqualTo("   aa");
  }

  @Test
  void aDummyPrefixComesAndGoes() throws IOException {
    sentencePiece(true, false, true);
    assertThat(encode("a")).containsExactly(1, 5);
    assertThat(decode(5)).isEqualTo("a");
    write("tokenizer_config.json", "{\"add_prefix_space\": false, \"add_bos_token\": false}");
    assertThat(encode("a")).containsExactly(4);
  }

  @Test
  void extraSpacesAreRemovedOnDemand() throws IOException {
    sentencePiece(true, true, true);
    assertThat(encode("  a   a ")).containsExactly(1, 5, 5);
  }

  @Test
  void spacesAreKeptWhereTheyAreNotEscaped() throws IOException {
    sentencePiece(false, false, false);
    assertThat(encode("a a")).containsExactly(1, 4, 7, 4);
    assertThat(decode(4, 7, 4)).isEqualTo("a a");
  }

  @Test
  void notLegacyMeansAPrefixAtTheBeginningOnly() throws IOException {
    sentencePiece(true, false, true);
    write("tokenizer_config.json", "{\"eos_token\": \"</s>\"}");
    assertThat(encode("a</s>a")).containsExactly(5, 2, 5);
    write("tokenizer_config.json", "{\"legacy\": false, \"eos_token\": \"</s>\"}");
    assertThat(encode("a</s>a")).containsExactly(5, 2, 4);
  }

  @Test
  void userDefinedPiecesAreAlwaysTokens() throws IOException {
    Files.write(
        dir.resolve("tokenizer.model"),
        SentencePieceWriter.bpe()
            .piece("<unk>", 0, TokenType.UNKNOWN)
            .piece("a", -1, TokenType.NORMAL)
            .piece("b", -2, TokenType.NORMAL)
            .piece("ab", -0.5f, TokenType.NORMAL)
            .piece("ba", -9, TokenType.USER_DEFINED)
            .piece("aa", -0.1f, TokenType.UNUSED)
            .message(2, spec -> spec.integer(41, -1).integer(42, -1))
            .message(3, spec -> spec.integer(3, 0).integer(4, 0))
            .toBytes());
    assertThat(encode("abab")).containsExactly(1, 4, 2);
    assertThat(encode("aaab")).containsExactly(1, 1, 3);
  }

  @Test
  void templatesAreFoundInTheirOrder() throws IOException {
    byteLevel();
    assertThat(TokenizerFiles.load(dir).chatTemplate()).isNull();
    write("chat_template.json", "{\"chat_template\": \"of the processor\"}");
    assertThat(TokenizerFiles.load(dir).chatTemplate()).isEqualTo("of the processor");
    write(
        "tokenizer_config.json",
        """
        {"chat_template": [{"name": "rag", "template": "R"},
                           {"name": "default", "template": "of the settings"}]}\
        """);
    assertThat(TokenizerFiles.load(dir).chatTemplate()).isEqualTo("of the settings");
    write("chat_template.jinja", "of its own file");
    assertThat(TokenizerFiles.load(dir).chatTemplate()).isEqualTo("of its own file");
  }

  @Test
  void aGgufHasItsTemplate() {
    Map<String, Object> metadata =
        Map.of(
            "tokenizer.ggml.model", "gpt2",
            "tokenizer.ggml.tokens", java.util.List.of("a", "b"),
            "tokenizer.chat_template", "{{ messages }}");
    TokenizerFiles files = GgufTokenizer.load(Path.of("made.gguf"), new GgufMap(metadata));
    assertThat(files.chatTemplate()).isEqualTo("{{ messages }}");
    files.tokenizer().close();
  }

  /** Each cuts the same text into different words; every character is its own token. */
  @ParameterizedTest
  @ValueSource(strings = {"default", "gpt-2", "llama-bpe", "qwen2", "smollm", "tekken"})
  void ggufsNameTheirWords(String pre) {
    Map<String, Object> metadata =
        Map.of(
            "tokenizer.ggml.model",
            "gpt2",
            "tokenizer.ggml.pre",
            pre,
            "tokenizer.ggml.tokens",
            java.util.List.of("1", "11", "111", "1111", "!", "a", "!a"),
            "tokenizer.ggml.merges",
            java.util.List.of("1 1", "11 11", "11 1", "! a"));
    int[] expected =
        switch (pre) {
          case "llama-bpe" -> new int[] {2, 0, 6};
          case "qwen2", "tekken" -> new int[] {0, 0, 0, 0, 6};
          case "smollm" -> new int[] {0, 0, 0, 0, 4, 5};
          case "default" -> new int[] {2, 0, 4, 5};
          default -> new int[] {3, 4, 5};
        };
    try (Tokenizer tokenizer =
        GgufTokenizer.load(Path.of("made.gguf"), new GgufMap(metadata)).tokenizer()) {
      assertThat(tokenizer.encode("1111!a", false)).containsExactly(expected);
    }
  }
}
