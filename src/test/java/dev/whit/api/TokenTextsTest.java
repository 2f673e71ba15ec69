package dev.whit.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

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

  @Test
  void namesAnIdWithoutAToken() {
    assertThat(texts.of(5000).text()).isEqualTo("token_id:5000");
  }
}
