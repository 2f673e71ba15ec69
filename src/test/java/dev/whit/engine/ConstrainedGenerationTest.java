package dev.whit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whit.backend.BackendListener;
import dev.whit.backend.FinishReason;
import dev.whit.backend.GenerationEvent.Failed;
import dev.whit.backend.GenerationEvent.Finished;
import dev.whit.backend.GenerationRequest;
import dev.whit.backend.LogitAdjustments;
import dev.whit.backend.RequestLabel;
import dev.whit.backend.SamplingParams;
import dev.whit.backend.TokenConstraint;
import dev.whit.backend.TokenScore;
import dev.whit.kernel.cpu.ScalarKernels;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a constraint does to a generation, with a fake model. */
class ConstrainedGenerationTest {
  private static final EngineConfig CONFIG = new EngineConfig(4, 16, 4, 32, 64, 8, 1_000_000);
  private static final int STOP = 63;
  private static final int[] PROMPT = Requests.prompt(5);
  private static final List<Set<Integer>> THREE =
      List.of(Set.of(3, 7, 11), Set.of(20), Set.of(30, 31));

  private final FakeRunner runner = new FakeRunner(CONFIG);
  private final RecordingListener listener = new RecordingListener();
  private final Engine engine =
      new Engine(
          "test",
          CONFIG,
          runner,
          BatchInvarianceTest.info(FakeRunner.VOCABULARY),
          new Device(new ScalarKernels()),
          BackendListener.NONE,
          System::nanoTime);

  private void generate(
      TokenConstraint constraint, int maxTokens, SamplingParams sampling, int logprobs) {
    engine.submit(
        new GenerationRequest(
            "r",
            PROMPT,
            maxTokens,
            sampling,
            Set.of(STOP),
            logprobs,
            -1,
            0,
            GenerationRequest.NOBODY,
            "",
            RequestLabel.NONE,
            constraint,
            null,
            null),
        listener);
    for (int i = 0; i <= maxTokens; i++) {
      engine.step();
    }
  }

  private static void assertIsOfThree(List<Integer> tokens) {
    for (int i = 0; i < tokens.size(); i++) {
      assertThat(THREE.get(i)).contains(tokens.get(i));
    }
  }

  @Test
  void endsWhereTheAnswerMustEndWithoutAStopToken() {
    generate(new FixedConstraint(THREE, 3), 20, SamplingParams.GREEDY, -1);
    assertThat(listener.tokens()).hasSize(3);
    assertIsOfThree(listener.tokens());
    assertThat(listener.events()).endsWith(new Finished(FinishReason.STOP));
  }

  @Test
  void isCompleteAtItsLastTokenThoughThatIsTheLimitToo() {
    generate(new FixedConstraint(THREE, 3), 3, SamplingParams.GREEDY, -1);
    assertThat(listener.events()).endsWith(new Finished(FinishReason.STOP));
  }

  @Test
  void saysLengthWhereTheLimitCutsTheAnswerOff() {
    generate(new FixedConstraint(THREE, 3), 2, SamplingParams.GREEDY, -1);
    assertThat(listener.tokens()).hasSize(2);
    assertThat(listener.events()).endsWith(new Finished(FinishReason.LENGTH));
  }

  /** Allows token 3, which then leads nowhere. */
  private record Broken(boolean throwsAlready)
      implements TokenConstraint, TokenConstraint.Position {
    @Override
    public Position start() {
      return this;
    }

    @Override
    public long[] allowed() {
      if (throwsAlready) {
        throw new IllegalStateException("no mask");
      }
      return new long[] {1L << 3};
    }

    @Override
    public boolean mayEnd() {
      return false;
    }

    @Override
    public boolean mustEnd() {
      return false;
    }

    @Override
    public Position after(int token) {
      throw new IllegalStateException("no position behind " + token);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aConstraintThatThrowsFailsItsOwnAnswerOnly(boolean already) {
    RecordingListener other = new RecordingListener();
    engine.submit(Requests.greedy(PROMPT, 20), other);
    generate(new Broken(already), 20, SamplingParams.GREEDY, -1);
    assertThat(listener.events())
        .singleElement()
        .isInstanceOfSatisfying(
            Failed.class,
            f -> assertThat(f.message()).contains(already ? "no mask" : "no position behind 3"));
    assertThat(other.tokens()).isEqualTo(FakeRunner.greedy(PROMPT, 20));
  }

  @Test
  void allowsAStopTokenOnlyWhereTheAnswerMayEnd() {
    runner.distort = logits -> logits[STOP] = 100;
    generate(new FixedConstraint(THREE, 2), 20, SamplingParams.GREEDY, -1);
    assertThat(listener.tokens()).hasSize(3).endsWith(20, STOP);
    assertThat(listener.events()).endsWith(new Finished(FinishReason.STOP));
  }

  @Test
  void takesAStopTokenThatIsPartOfTheAnswerForText() {
    List<Set<Integer>> places = List.of(Set.of(STOP), Set.of(STOP), Set.of(1));
    generate(new FixedConstraint(places, 3), 20, SamplingParams.GREEDY, -1);
    assertThat(listener.tokens()).containsExactly(STOP, STOP, 1);
  }

  @Test
  void noBiasPenaltyOrTruncationBreaksIt() {
    LogitAdjustments against =
        new LogitAdjustments(
            Map.of(3, -100.0, 7, -100.0, 11, -100.0, 20, -100.0, 0, 100.0), 100, 2, 2, 50);
    generate(
        new FixedConstraint(THREE, 2), 20, new SamplingParams(0.7, 1, 0.1, 0.9, 5, against), -1);
    assertThat(listener.tokens()).hasSize(3);
    assertIsOfThree(listener.tokens());
  }

  @Test
  void everyDrawIsAllowedHoweverUnlikely() {
    runner.distort =
        logits -> {
          Arrays.fill(logits, Float.MAX_VALUE);
          THREE.forEach(place -> place.forEach(token -> logits[token] = -Float.MAX_VALUE));
        };
    for (int seed = 0; seed < 50; seed++) {
      generate(new FixedConstraint(THREE, 3), 5, new SamplingParams(100, 0, 1, 0, seed), -1);
    }
    assertThat(listener.tokens()).hasSize(150);
    for (int i = 0; i < 150; i += 3) {
      assertIsOfThree(listener.tokens().subList(i, i + 3));
    }
  }

  @Test
  void scoresTheModelsOwnDistribution() {
    generate(new FixedConstraint(THREE, 3), 1, SamplingParams.GREEDY, 1);
    TokenScore score =
        Objects.requireNonNull(
            ((dev.whit.backend.GenerationEvent.Token) listener.events().getFirst()).score());
    assertThat(score.topTokens()[0]).isEqualTo(FakeRunner.greedy(PROMPT, 1).getFirst());
  }

  @Test
  void failsAloneWhereNoTokenContinuesTheAnswer() {
    generate(
        new FixedConstraint(List.of(Set.of(5), Set.of(), Set.of(5)), 3),
        20,
        SamplingParams.GREEDY,
        -1);
    assertThat(listener.tokens()).containsExactly(5);
    assertThat(listener.events().getLast()).isInstanceOf(Failed.class);
    assertThat(engine.scheduler().isEmpty()).isTrue();
  }
}
