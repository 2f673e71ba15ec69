package dev.whit.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whit.tokenizer.HuggingFaceTokenizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class TokenTextsTest {
  private final TokenTexts texts = new TokenTexts(new ByteTokenizer());

  @Test
  void spellsATokenThatIsText() {
    TokenText token = texts.of('x');
    assertThat(token.text()).isEqualTo("x");
    assertThat(token.bytes()).containsExactly('x');
  }

  @Test
  void spellsSpecialTokens() {
    assertThat(texts.of(ByteTokenizer.EOS).text()).isEqualTo("</s>");
  }

  @Test
  void spellsABrokenCharacterAsBytes() {
    TokenText token = texts.of(0xE2);
    assertThat(token.text()).isEqualTo("bytes:\\xe2");
    assertThat(token.bytes()).containsExactly(0xE2);
  }

  @Test
  void readsTheAlphabetOfByteLevelVocabularies() {
    // "Ġâ" is a space and the first byte of a character of three bytes.
    ByteTokenizer byteLevel =
        new ByteTokenizer() {
          @Override
          public String token(int id) {
            return "\u0120\u00e2\u0142";
          }
        };
    assertThat(new TokenTexts(byteLevel).of(0xE2).bytes()).containsExactly(' ', 0xE2, 0xA0);
  }

  static Stream<Path> tokenizers() throws IOException {
    Path data = Path.of(System.getProperty("whit.data", "../shared/data"), "tokenizers");
    Stream<Path> ours =
        Stream.of("byte-level", "byte-fallback")
            .map(Path.of("src/test/resources/tokenizer")::resolve);
    try (Stream<Path> theirs = Files.exists(data) ? Files.list(data) : Stream.empty()) {
      return Stream.concat(ours, theirs.toList().stream())
          .map(directory -> directory.resolve("tokenizer.json"))
          .filter(Files::exists);
    }
  }

  /** What masks rely on. */
  @ParameterizedTest
  @MethodSource("tokenizers")
  void theBytesOfTokensAreTheBytesOfTheirText(Path file) {
    String text =
        "{\"name\": \"Zoë 🙂👩‍👩‍👧 ▁\\n\\\"x\\\"\",\n    \"a b\": [1, -2.5e10, null,true],  \"\": \"don't 1 . , ! ?\"}";
    try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.load(file)) {
      TokenTexts real = new TokenTexts(tokenizer);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      int[] ids = tokenizer.encode(text, false);
      for (int id : ids) {
        bytes.writeBytes(real.bytes(id));
      }
      // A vocabulary may begin a text with a space, and spell its own mark for spaces as one.
      assertThat(bytes.toString(StandardCharsets.UTF_8).strip())
          .isEqualTo(tokenizer.decode(ids, false).strip());
    }
  }

  @Test
  void namesAnIdWithoutAToken() {
    assertThat(texts.of(5000).text()).isEqualTo("token_id:5000");
  }
}
