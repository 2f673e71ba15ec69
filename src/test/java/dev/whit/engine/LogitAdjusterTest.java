package dev.whit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whit.backend.BackendListener;
import dev.whit.backend.GenerationRequest;
import dev.whit.backend.LogitAdjustments;
import dev.whit.backend.SamplingParams;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Of the tokens 0 to 7, the prompt has 1, 1 and 2, the answer 2, 3 and 3; 6 stops. */
class LogitAdjusterTest {
  private static final EngineConfig CONFIG = new EngineConfig(1, 16, 4, 16, 64, 1, 1_000_000);
  private static final float[] LOGITS = {4, 4, 4, 4, -4, 2, 8, 0};

  private final LogitAdjuster adjuster = new LogitAdjuster(LOGITS.length);

  private static Sequence sequence(LogitAdjustments adjustments) {
    SamplingParams sampling = new SamplingParams(1, 0, 1, 0, 0, adjustments);
    GenerationRequest request =
        new GenerationRequest("r", new int[] {1, 1, 2}, 9, sampling, Set.of(6, 99), -1, -1);
    Sequence sequence =
        new Sequence(request, event -> {}, BackendListener.NONE, CONFIG, BlockHash.root(""), 0);
    sequence.append(2);
    sequence.append(3);
    sequence.append(3);
    return sequence;
  }

  private float[] adjust(LogitAdjustments adjustments) {
    return adjuster.adjust(LOGITS, sequence(adjustments));
  }

  @Test
  void withoutAdjustmentsItIsTheModelsOwnRow() {
    assertThat(adjust(LogitAdjustments.NONE)).isSameAs(LOGITS);
    assertThat(adjust(new LogitAdjustments(Map.of(), 1, 0, 0, 3))).isSameAs(LOGITS);
  }

  @Test
  void biasIsAdded() {
    assertThat(adjust(new LogitAdjustments(Map.of(0, -2.5, 7, 100.0), 1, 0, 0, 0)))
        .containsExactly(1.5f, 4, 4, 4, -4, 2, 8, 100);
  }

  @Test
  void repetitionCountsPromptAndAnswerOnceForEachToken() {
    assertThat(adjust(new LogitAdjustments(Map.of(), 2, 0, 0, 0)))
        .containsExactly(4, 2, 2, 2, -4, 2, 8, 0);
  }

  @Test
  void repetitionLowersNegativeLogitsToo() {
    float[] negative = {-4, -4, -4, -4, -4, -4, -4, -4};
    assertThat(adjuster.adjust(negative, sequence(new LogitAdjustments(Map.of(), 2, 0, 0, 0))))
        .containsExactly(-4, -8, -8, -8, -4, -4, -4, -4);
  }

  @Test
  void frequencyCountsTheAnswersTokensEachTime() {
    assertThat(adjust(new LogitAdjustments(Map.of(), 1, 1.5, 0, 0)))
        .containsExactly(4, 4, 2.5f, 1, -4, 2, 8, 0);
  }

  @Test
  void presenceCountsTheAnswersTokensOnce() {
    assertThat(adjust(new LogitAdjustments(Map.of(), 1, 0, -1.5, 0)))
        .containsExactly(4, 4, 5.5f, 5.5f, -4, 2, 8, 0);
  }

  @Test
  void theOrderIsBiasRepetitionFrequencyPresence() {
    // Token 3: ((4 + 2) / 2 − 2 · 0.5) − 0.25
    assertThat(adjust(new LogitAdjustments(Map.of(3, 2.0), 2, 0.5, 0.25, 0))[3]).isEqualTo(1.75f);
  }

  @Test
  void stopTokensAreRuledOutUntilThereAreEnoughTokens() {
    float[] early = adjust(new LogitAdjustments(Map.of(6, 100.0), 1, 0, 0, 4));
    assertThat(early[6]).isEqualTo(-Float.MAX_VALUE);
    assertThat(adjust(new LogitAdjustments(Map.of(6, 1.0), 1, 0, 0, 3))[6]).isEqualTo(9);
  }

  @Test
  void oneSequencesTokensAreForgottenForTheNext() {
    float[] first = adjust(new LogitAdjustments(Map.of(), 2, 1, 1, 0)).clone();
    assertThat(adjust(new LogitAdjustments(Map.of(), 2, 1, 1, 0))).isEqualTo(first);
  }

  @Test
  void logitsStayFinite() {
    float[] extreme = {0, Float.MAX_VALUE, -Float.MAX_VALUE, 0, 0, 0, 0, 0};
    LogitAdjustments adjustments =
        new LogitAdjustments(Map.of(1, 100.0, 2, -100.0), 1e-300, 2, -2, 0);
    for (LogitAdjustments each :
        new LogitAdjustments[] {adjustments, new LogitAdjustments(Map.of(), 100, -2, 2, 0)}) {
      for (float logit : adjuster.adjust(extreme, sequence(each))) {
        assertThat(logit).isFinite();
      }
    }
  }
}
