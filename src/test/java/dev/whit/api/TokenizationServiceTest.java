package dev.whit.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TokenizationServiceTest {
  private final ModelRegistry models = new ModelRegistry();
  private final TokenizationService tokenization = new TokenizationService(models);

  /** The same ids for every text, but made of something else. */
  private static final class OtherTokenizer extends ByteTokenizer {
    @Override
    public String definition() {
      return "other";
    }
  }

  private void serve(String name, ByteTokenizer tokenizer) {
    models.add(
        new ServedModel(
            name, new FakeBackend(9), tokenizer, null, Map.of(), Set.of(), Instant.EPOCH));
  }

  @BeforeEach
  void enter() {
    models.enter(ModelRegistry.State.READY);
  }

  @Test
  void aModelMustBeNamedWhereTokenizersDiffer() {
    serve("a", new ByteTokenizer());
    serve("b", new ByteTokenizer());
    assertThat(tokenization.tokenize(null, "x", false).tokens()).containsExactly('x');
    assertThat(tokenization.detokenize(null, new int[] {'x'})).isEqualTo("x");

    serve("c", new OtherTokenizer());
    assertThatThrownBy(() -> tokenization.tokenize(null, "x", false))
        .isInstanceOf(ApiException.InvalidRequest.class)
        .hasMessage("model is required, as several are served: a, b, c");
    assertThatThrownBy(() -> tokenization.detokenize(null, new int[] {'x'}))
        .isInstanceOf(ApiException.InvalidRequest.class);
    assertThat(tokenization.tokenize("c", "x", false).tokens()).containsExactly('x');
  }

  @Test
  void whereNothingIsServedThereIsNoModel() {
    assertThatThrownBy(() -> tokenization.tokenize(null, "x", false))
        .isInstanceOf(ApiException.ModelNotFound.class);
  }
}
