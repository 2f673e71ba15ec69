package dev.whit.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HuggingFaceTokenizerTest {
  private static final Path RESOURCES = Path.of("src/test/resources/tokenizer");

  private static HuggingFaceTokenizer load(String name) {
    return HuggingFaceTokenizer.load(RESOURCES.resolve(name).resolve("tokenizer.json"));
  }

  @Test
  void encodesAsTheGoldenSays() {
    // golden.json of the tiny llama this tokenizer belongs to
    int[] expected = {
      0, 43, 86, 263, 294, 260, 277, 84, 75, 73, 74, 86, 279, 81, 312, 293, 67, 91, 291, 223, 35,
          82,
      84, 75, 78, 14, 289, 266, 279, 78, 81, 69, 77, 85, 263, 71, 264, 265, 86, 84, 75, 77, 288,
          259,
      74, 75, 84, 86, 71, 275, 16
    };
    String text = "It was a bright cold day in April, and the clocks were striking thirteen.";
    try (Tokenizer tokenizer = load("byte-level")) {
      assertThat(tokenizer.encode(text, true)).containsExactly(expected);
      assertThat(tokenizer.encode(text, false))
          .containsExactly(java.util.Arrays.copyOfRange(expected, 1, expected.length));
      assertThat(tokenizer.decode(expected, true)).isEqualTo(text);
      assertThat(tokenizer.decode(expected, false)).isEqualTo("<|begin_of_text|>" + text);
    }
  }

  @Test
  void knowsItsVocabulary() {
    try (Tokenizer tokenizer = load("byte-level")) {
      assertThat(tokenizer.size()).isEqualTo(320);
      assertThat(tokenizer.id("<|end_of_text|>")).isEqualTo(1);
      assertThat(tokenizer.id("no such token")).isNull();
      assertThat(tokenizer.token(3)).isEqualTo("!");
      assertThat(tokenizer.token(320)).isNull();
      assertThat(tokenizer.token(-1)).isNull();
      assertThat(tokenizer.isSpecial(0)).isTrue();
      assertThat(tokenizer.isSpecial(3)).isFalse();
    }
  }

  @Test
  void neverTruncatesWhateverTheFileAsksFor() {
    try (Tokenizer tokenizer = load("byte-fallback")) {
      assertThat(tokenizer.encode("a b c d e h l o r w", true)).hasSizeGreaterThan(10);
    }
  }

  @Test
  void specialTokensSpelledOutAreSpecialTokens() {
    try (Tokenizer tokenizer = load("byte-level")) {
      assertThat(tokenizer.encode("a<|end_of_text|>", false)).endsWith(1);
    }
  }

  @Test
  void loneSurrogatesAndNulAreTaken() {
    try (Tokenizer tokenizer = load("byte-level")) {
      for (String odd : List.of("a\uD800b", "\uDC00", "\uD83D\uDE00\uD83D", "a\u0000b")) {
        int[] ids = tokenizer.encode(odd, false);
        assertThat(tokenizer.decode(ids, false))
            .isEqualTo(
                odd.replaceAll("(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]", "\uFFFD")
                    .replaceAll("[\uD800-\uDBFF](?![\uDC00-\uDFFF])", "\uFFFD"));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"byte-level", "byte-fallback"})
  void incrementalDecodingConcatenatesToTheWhole(String name) {
    Random random = new Random(7);
    try (HuggingFaceTokenizer tokenizer = load(name)) {
      for (int round = 0; round < 400; round++) {
        // Few different ids, so that byte runs, special tokens and spaces often meet.
        int[] palette = random.ints(6, 0, tokenizer.size()).toArray();
        int[] ids = random.ints(1 + random.nextInt(24), 0, 6).map(i -> palette[i]).toArray();
        boolean skip = random.nextBoolean();
        assertThat(String.join("", pieces(tokenizer, ids, skip)))
            .as("%s skip=%s", java.util.Arrays.toString(ids), skip)
            .isEqualTo(tokenizer.decode(ids, skip));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"byte-level", "byte-fallback"})
  void neverCutsACharacter(String name) {
    try (HuggingFaceTokenizer tokenizer = load(name)) {
      int[] ids = tokenizer.encode("hello 👩‍👩‍👧‍👦 wörld € 日本 hello", true);
      List<String> pieces = pieces(tokenizer, ids, true);
      assertThat(pieces).noneMatch(piece -> piece.contains("\uFFFD"));
      assertThat(pieces)
          .noneMatch(piece ->
              !piece.isEmpty() && Character.isHighSurrogate(piece.charAt(piece.length() - 1)));
      assertThat(pieces.stream().filter(piece -> !piece.isEmpty()).count()).isGreaterThan(8);
    }
  }

  @Test
  void aLongRunOfInvalidBytesComesOutInPieces() {
    try (HuggingFaceTokenizer tokenizer = load("byte-level")) {
      int lead = java.util.Objects.requireNonNull(tokenizer.id("â")); // byte 0xE2, three-byte lead
      int[] ids = IntStream.range(0, 500).map(i -> lead).toArray();
      List<String> pieces = pieces(tokenizer, ids, true);
      assertThat(String.join("", pieces)).isEqualTo("\uFFFD".repeat(500));
      assertThat(pieces).filteredOn(piece -> !piece.isEmpty()).hasSizeGreaterThan(5);
    }
  }

  @Test
  void refusesFilesThatAreNoTokenizer(@TempDir Path dir) throws IOException {
    Path file = dir.resolve("tokenizer.json");
    for (String content :
        List.of(
            "",
            "{",
            "[]",
            "{\"model\":{}}",
            "{\"model\":{\"vocab\":{\"a\":-1}}}",
            "{\"model\":{\"vocab\":{\"a\":99999999999}}}",
            "{\"model\":{\"vocab\":{\"a\":0}}}")) {
      Files.writeString(file, content);
      assertThatThrownBy(() -> HuggingFaceTokenizer.load(file))
          .as(content)
          .isInstanceOf(TokenizerException.class)
          .hasMessageStartingWith(file.toString());
    }
  }

  /** The library would give it an id that the file does not state, past the model's vocabulary. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          b | 0 | id 0 is given to both 'a' and 'b'
          a | 7 | token 'a' has both id 0 and id 7
          """)
  void refusesAnAddedTokenThatContradictsTheVocabulary(
      String content, int id, String message, @TempDir Path dir) throws IOException {
    Path file = dir.resolve("tokenizer.json");
    Files.writeString(file, withAdded(content, id));
    assertThatThrownBy(() -> HuggingFaceTokenizer.load(file))
        .isInstanceOf(TokenizerException.class)
        .hasMessage(file + ": " + message);
  }

  /** The library needs 250 s to prepare for one of 100,000 characters. */
  @Test
  void refusesAnAddedTokenThatTakesTheLibraryLong(@TempDir Path dir) throws IOException {
    Path file = dir.resolve("tokenizer.json");
    Files.writeString(file, withAdded("x".repeat(1024), 1));
    HuggingFaceTokenizer.load(file).close();
    Files.writeString(file, withAdded("x".repeat(1025), 1));
    assertThatThrownBy(() -> HuggingFaceTokenizer.load(file))
        .isInstanceOf(TokenizerException.class)
        .hasMessage(file + ": added token 1 has 1025 characters, more than 1024");
  }

  private static String withAdded(String content, int id) {
    return """
    {"model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}, "added_tokens": [{"id": %d,
     "content": "%s", "single_word": false, "lstrip": false, "rstrip": false,
     "normalized": false, "special": true}]}
    """
        .formatted(id, content);
  }

  @Test
  void readsWhatADirectorySaysAboutText() {
    TokenizerFiles files = TokenizerFiles.load(RESOURCES.resolve("byte-fallback"));
    assertThat(files.specialTokens())
        .containsEntry("bos_token", "<s>")
        .containsEntry("eos_token", "</s>")
        .hasSize(2);
    assertThat(files.chatTemplate()).isEqualTo("D{{ bos_token }}");
    files.tokenizer().close();
    assertThat(TokenizerFiles.load(RESOURCES.resolve("byte-level")).chatTemplate()).isNull();
  }

  @Test
  void aDirectoryWithoutTokenizerIsNamed(@TempDir Path dir) {
    assertThatThrownBy(() -> TokenizerFiles.load(dir))
        .isInstanceOf(TokenizerException.class)
        .hasMessageStartingWith(dir + ": no tokenizer in it: neither tokenizer.json nor");
  }

  static List<String> pieces(Tokenizer tokenizer, int[] ids, boolean skip) {
    IncrementalDetokenizer detokenizer = tokenizer.detokenizer(skip);
    List<String> pieces = new ArrayList<>();
    for (int id : ids) {
      pieces.add(detokenizer.add(id));
    }
    pieces.add(detokenizer.finish());
    return pieces;
  }
}
