package dev.whit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.whit.backend.BackendListener;
import dev.whit.backend.LogitAdjustments;
import dev.whit.backend.SamplingParams;
import dev.whit.backend.TokenScore;
import dev.whit.engine.StepResult.SequenceResult;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SamplerTest {
  private static final EngineConfig CONFIG = new EngineConfig(1, 16, 4, 16, 64, 1, 1_000_000);

  /** The chunk of {@code count} tokens after the first {@code start} of five. */
  private static ScheduledChunk chunk(SamplingParams sampling, int start, int count) {
    Sequence sequence =
        new Sequence(
            Requests.scored(new int[] {2, 0, 3, 1, 3}, 4, sampling),
            event -> {},
            BackendListener.NONE,
            CONFIG,
            BlockHash.root(""),
            0);
    sequence.computed(start);
    return ScheduledChunk.next(sequence, count);
  }

  @Test
  void scoresAreLogProbabilitiesOfTheRawLogits() {
    TokenScore score = new TokenScorer(4).score(new float[] {1, 3, 2, 3}, 2, 3);
    double sum = Math.exp(1) + Math.exp(3) + Math.exp(2) + Math.exp(3);
    assertThat(score.token()).isEqualTo(2);
    assertThat(score.logprob()).isCloseTo((float) Math.log(Math.exp(2) / sum), within(1e-7f));
    assertThat(score.rank()).isEqualTo(3);
    assertThat(score.topTokens()).containsExactly(1, 3, 2);
    assertThat(score.topLogprobs()[0]).isEqualTo(score.topLogprobs()[1]);
    assertThat(score.topLogprobs()[2]).isEqualTo(score.logprob());
  }

  @Test
  void ranksOfEqualTokensFollowTheirIds() {
    TokenScorer scorer = new TokenScorer(4);
    float[] logits = {1, 3, 2, 3};
    assertThat(scorer.score(logits, 1, 0).rank()).isEqualTo(1);
    assertThat(scorer.score(logits, 3, 0).rank()).isEqualTo(2);
    assertThat(scorer.score(logits, 0, 0).rank()).isEqualTo(4);
  }

  @Test
  void moreAlternativesThanTokensAreAllTokens() {
    TokenScore score = new TokenScorer(3).score(new float[] {0, 1, 2}, 0, 20);
    assertThat(score.topTokens()).containsExactly(2, 1, 0);
    assertThat(new TokenScorer(3).score(new float[] {0, 1, 2}, 0, 0).topTokens()).isEmpty();
  }

  @Test
  void theLogSoftmaxNeitherOverflowsNorLosesSmallTerms() {
    float[] large = {3e38f, 3e38f};
    assertThat(new TokenScorer(2).score(large, 0, 0).logprob())
        .isCloseTo((float) -Math.log(2), within(1e-7f));
    // A million terms of e^-17 beside 1: in f32 each would vanish.
    float[] flat = new float[1_000_000];
    Arrays.fill(flat, -17);
    flat[123] = 0;
    double expected = -Math.log1p(999_999 * Math.exp(-17));
    assertThat((double) new TokenScorer(flat.length).score(flat, 123, 0).logprob())
        .isCloseTo(expected, within(Math.abs(expected) * 1e-6));
  }

  @Test
  void aChunkInTheMiddleScoresTheTokensAfterItsRows() {
    ScheduledChunk chunk = chunk(SamplingParams.GREEDY, 1, 2);
    SequenceResult result = new Sampler(4).sample(chunk, i -> new float[] {i, 0, 0, 5});
    assertThat(result.sampled()).isFalse();
    assertThat(result.promptScores()).extracting(TokenScore::token).containsExactly(3, 1);
  }

  @Test
  void theLastChunkAlsoSamplesFromItsLastRow() {
    ScheduledChunk chunk = chunk(SamplingParams.GREEDY, 3, 2);
    SequenceResult result =
        new Sampler(4)
            .sample(chunk, i -> i == 0 ? new float[] {9, 0, 0, 5} : new float[] {0, 9, 0, 5});
    assertThat(result.promptScores()).extracting(TokenScore::token).containsExactly(3);
    assertThat(result.promptScores().getFirst().rank()).isEqualTo(2);
    assertThat(result.token()).isEqualTo(1);
    assertThat(result.score()).isNotNull().extracting(TokenScore::rank).isEqualTo(1);
  }

  @Test
  void scoresIgnoreTemperatureAndTruncation() {
    float[] logits = {1, 2, 0, 1.5f};
    SequenceResult greedy = new Sampler(4).sample(chunk(SamplingParams.GREEDY, 4, 1), i -> logits);
    SequenceResult hot =
        new Sampler(4).sample(chunk(new SamplingParams(3, 1, 0.5, 0.2, 1), 4, 1), i -> logits);
    assertThat(hot.score()).usingRecursiveComparison().isEqualTo(greedy.score());
  }

  @Test
  void aTokenIsChosenFromTheAdjustedLogitsAndScoredByTheModels() {
    float[] logits = {1, 2, 0, 1.5f};
    LogitAdjustments ban = new LogitAdjustments(Map.of(1, -100.0), 1, 0, 0, 0);
    SequenceResult result =
        new Sampler(4).sample(chunk(new SamplingParams(0, 0, 1, 0, 0, ban), 4, 1), i -> logits);
    assertThat(result.token()).isEqualTo(3);
    assertThat(result.score())
        .usingRecursiveComparison()
        .isEqualTo(new TokenScorer(4).score(logits, 3, 3));
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void aLogitThatIsNotFiniteFailsTheSequence(float bad) {
    SequenceResult sampled =
        new Sampler(4).sample(chunk(SamplingParams.GREEDY, 4, 1), i -> new float[] {0, bad, 0, 0});
    assertThat(sampled.failure()).contains("token 1", "position 4", Float.toString(bad));
    assertThat(sampled.sampled()).isFalse();
    SequenceResult scored =
        new Sampler(4)
            .sample(
                chunk(SamplingParams.GREEDY, 0, 3), i -> new float[] {0, 0, 0, i == 1 ? bad : 0});
    assertThat(scored.failure()).contains("token 3", "position 1");
    assertThat(scored.promptScores()).isEmpty();
  }
}
