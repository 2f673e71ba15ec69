package dev.whit.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whit.api.ByteTokenizer;
import dev.whit.tokenizer.TokenizerFiles;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StopTokensTest {
  /** One more token than bytes, which may be special. */
  private static final class TurnTokenizer extends ByteTokenizer {
    private final String token;
    private final boolean special;

    TurnTokenizer(String token, boolean special) {
      this.token = token;
      this.special = special;
    }

    @Override
    public @Nullable String token(int id) {
      return id == OTHER_A ? token : super.token(id);
    }

    @Override
    public boolean isSpecial(int id) {
      return id == OTHER_A ? special : super.isSpecial(id);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"<|im_end|>", "<|eot_id|>", "<end_of_turn>", "<|end|>"})
  void theEndOfATurnJoinsTheModelsOwnIds(String token) {
    assertThat(stops(Set.of(7, 5), token, true, "</s>"))
        .containsExactly(5, 7, ByteTokenizer.EOS, ByteTokenizer.OTHER_A);
  }

  @Test
  void textThatLooksLikeTheEndOfATurnIsNone() {
    assertThat(stops(Set.of(7), "<|end|>", false, "</s>")).containsExactly(7, ByteTokenizer.EOS);
    assertThat(stops(Set.of(7), "<|start|>", true, "</s>")).containsExactly(7, ByteTokenizer.EOS);
  }

  @Test
  void anEndOfSequenceThatTheVocabularyLacksIsNone() {
    assertThat(stops(Set.of(7), "<|start|>", true, "<|endoftext|>")).containsExactly(7);
    TokenizerFiles none =
        new TokenizerFiles(Path.of("tokenizer.json"), new ByteTokenizer(), Map.of(), null);
    assertThat(StopTokens.of(Set.of(), none)).isEmpty();
  }

  private static Set<Integer> stops(
      Set<Integer> model, String token, boolean special, String endOfSequence) {
    return StopTokens.of(
        model,
        new TokenizerFiles(
            Path.of("tokenizer.json"),
            new TurnTokenizer(token, special),
            Map.of("eos_token", endOfSequence),
            null));
  }
}
