package dev.whit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.whit.backend.BackendListener;
import dev.whit.backend.BackendListener.GenerationStats;
import dev.whit.backend.BackendListener.StepStats;
import dev.whit.backend.CancelCause;
import dev.whit.backend.FinishReason;
import dev.whit.backend.Generation;
import dev.whit.backend.GenerationEvent;
import dev.whit.backend.GenerationEvent.Cancelled;
import dev.whit.backend.GenerationEvent.Failed;
import dev.whit.backend.GenerationEvent.Finished;
import dev.whit.backend.GenerationRequest;
import dev.whit.backend.LogitAdjustments;
import dev.whit.backend.Pooling;
import dev.whit.backend.SamplingParams;
import dev.whit.backend.TokenScore;
import dev.whit.kernel.cpu.ScalarKernels;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The engine stepped by hand, with a fake model and a fake clock. */
class EngineTest {
  private static final EngineConfig CONFIG = new EngineConfig(4, 16, 4, 32, 64, 8, 1_000_000);

  private final FakeRunner runner = new FakeRunner(CONFIG);
  private final CountingListener figures = new CountingListener();
  private final AtomicLong clock = new AtomicLong(-1_000_000_007L); // nanoTime may be negative
  private final Engine engine = engine(figures);
  private final RecordingListener listener = new RecordingListener();

  private Engine engine(BackendListener backendListener) {
    return new Engine(
        "test",
        CONFIG,
        runner,
        BatchInvarianceTest.info(FakeRunner.VOCABULARY),
        new Device(new ScalarKernels()),
        backendListener,
        clock::get);
  }

  private void steps(int count) {
    for (int i = 0; i < count; i++) {
      engine.step();
    }
  }

  private void pass(long millis) {
    clock.addAndGet(Duration.ofMillis(millis).toNanos());
  }

  @Test
  void generatesTheModelsContinuation() {
    int[] prompt = Requests.prompt(21);
    engine.submit(Requests.greedy(prompt, 30), listener);
    steps(31);
    assertThat(listener.tokens()).isEqualTo(FakeRunner.greedy(prompt, 30));
    assertThat(listener.events()).hasSize(31).endsWith(new Finished(FinishReason.LENGTH));
    assertThat(figures.lastStep()).isEqualTo(new StepStats(0, 0, 0, 32, 0, 1, 0, 0, 0));
  }

  @Test
  void stopsAtAStopTokenWhichIsReported() {
    int[] prompt = Requests.prompt(3);
    List<Integer> expected = FakeRunner.greedy(prompt, 30);
    int stop = expected.get(5);
    engine.submit(Requests.stoppingAt(prompt, 30, stop), listener);
    steps(30);
    assertThat(listener.tokens()).isEqualTo(expected.subList(0, expected.indexOf(stop) + 1));
    assertThat(listener.events()).endsWith(new Finished(FinishReason.STOP));
  }

  @Test
  void noStopTokenBeforeTheLeastTokens() {
    int[] prompt = Requests.prompt(3);
    int stop = FakeRunner.greedy(prompt, 1).getFirst();
    for (int minTokens : new int[] {0, 1, 9}) {
      LogitAdjustments adjustments = new LogitAdjustments(Map.of(stop, 50.0), 1, 0, 0, minTokens);
      RecordingListener stopped = new RecordingListener();
      engine.submit(
          new GenerationRequest(
              "r",
              prompt,
              30,
              new SamplingParams(0, 0, 1, 0, 0, adjustments),
              Set.of(stop),
              -1,
              -1),
          stopped);
      steps(12);
      assertThat(stopped.tokens()).hasSize(minTokens + 1).last().isEqualTo(stop);
      assertThat(stopped.events()).endsWith(new Finished(FinishReason.STOP));
    }
  }

  @Test
  void promptScoresComeInOrderBeforeTheTokens() {
    int[] prompt = Requests.prompt(40);
    engine.submit(Requests.scored(prompt, 2, SamplingParams.GREEDY), listener);
    steps(4);
    assertThat(listener.events())
        .hasExactlyElementsOfTypes(
            GenerationEvent.PromptScored.class,
            GenerationEvent.PromptScored.class,
            GenerationEvent.PromptScored.class,
            GenerationEvent.Token.class,
            GenerationEvent.Token.class,
            Finished.class);
    assertThat(listener.promptScores())
        .extracting(TokenScore::token)
        .containsExactlyElementsOf(Arrays.stream(prompt).skip(1).boxed().toList());
  }

  @Test
  void anEmbeddingTakesChunksBesideAnswersAndLeavesNothing() {
    int[] prompt = Requests.prompt(40);
    RecordingListener generating = new RecordingListener();
    engine.submit(Requests.embedding(prompt, Pooling.MEAN), listener);
    engine.submit(Requests.greedy(Requests.prompt(3), 9), generating);
    steps(12);
    assertThat(listener.events())
        .hasExactlyElementsOfTypes(GenerationEvent.Embedded.class, Finished.class);
    assertThat(generating.tokens()).isEqualTo(FakeRunner.greedy(Requests.prompt(3), 9));
    assertThat(figures.steps.stream().mapToInt(StepStats::prefillTokens).sum()).isEqualTo(43);
    assertThat(figures.lastStep().usedBlocks()).isZero();
    assertThat(figures.finished)
        .anySatisfy(stats -> {
          assertThat(stats.outcome()).isEqualTo(new Finished(FinishReason.STOP));
          assertThat(stats.promptTokens()).isEqualTo(40);
          assertThat(stats.generatedTokens()).isZero();
        });
  }

  @Test
  void anEmbeddingIsCancelledBetweenItsChunks() {
    Generation embedding =
        engine.submit(Requests.embedding(Requests.prompt(40), Pooling.LAST), listener);
    steps(1);
    assertThat(listener.events()).isEmpty();
    embedding.cancel(CancelCause.CLIENT_GONE);
    steps(1);
    assertThat(listener.events())
        .containsExactly(new GenerationEvent.Cancelled(CancelCause.CLIENT_GONE));
    assertThat(figures.lastStep().usedBlocks()).isZero();
  }

  @Test
  void anEmbeddingThatIsNotFiniteFailsAlone() {
    runner.distort = logits -> logits[7] = Float.NaN;
    engine.submit(Requests.embedding(Requests.prompt(5), Pooling.LAST), listener);
    steps(2);
    assertThat(listener.events())
        .containsExactly(new GenerationEvent.Failed("value 7 of the embedding is NaN"));
  }

  @Test
  void onlyScoringAPromptFinishesWithoutATokenAndGivesTheSameScores() {
    int[] prompt = Requests.prompt(40);
    RecordingListener generating = new RecordingListener();
    engine.submit(Requests.scored(prompt, 0, SamplingParams.GREEDY), listener);
    engine.submit(Requests.scored(prompt, 1, SamplingParams.GREEDY), generating);
    steps(10);
    assertThat(listener.tokens()).isEmpty();
    assertThat(listener.promptScores()).hasSize(39);
    assertThat(listener.events()).endsWith(new Finished(FinishReason.LENGTH));
    assertThat(listener.promptScores())
        .usingRecursiveComparison()
        .isEqualTo(generating.promptScores());
    assertThat(figures.prompts).containsExactly(40, 40);
  }

  @Test
  void emptyTasksFinishWithoutRunningTheModel() {
    engine.submit(Requests.greedy(Requests.prompt(5), 0), listener);
    RecordingListener single = new RecordingListener();
    engine.submit(Requests.scored(Requests.prompt(1), 0, SamplingParams.GREEDY), single);
    steps(1);
    assertThat(listener.events()).containsExactly(new Finished(FinishReason.LENGTH));
    assertThat(single.events()).containsExactly(new Finished(FinishReason.LENGTH));
    assertThat(runner.steps).isEmpty();
    assertThat(figures.finished).hasSize(2);
  }

  @Test
  void refusesWhatWouldHarmOthers() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> engine.submit(Requests.greedy(new int[65], 1), listener))
        .withMessageContaining("65")
        .withMessageContaining("64");
    for (int token : new int[] {-1, FakeRunner.VOCABULARY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> engine.submit(Requests.greedy(new int[] {1, token}, 1), listener))
          .withMessageContaining(Integer.toString(token));
    }
    LogitAdjustments bias = new LogitAdjustments(Map.of(FakeRunner.VOCABULARY, 1.0), 1, 0, 0, 0);
    SamplingParams sampling = new SamplingParams(0, 0, 1, 0, 0, bias);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> engine.submit(Requests.sampled(new int[] {1}, 1, sampling), listener))
        .withMessageContaining(Integer.toString(FakeRunner.VOCABULARY));
    steps(1);
    assertThat(listener.events()).isEmpty();
    assertThat(figures.finished).isEmpty();
  }

  @Test
  void aCancelledGenerationIsFreeAfterOneStepAndEndsOnce() {
    Generation running = engine.submit(Requests.greedy(Requests.prompt(10), 50), listener);
    steps(3);
    assertThat(figures.lastStep().usedBlocks()).isPositive();
    running.cancel(CancelCause.CLIENT_GONE);
    running.cancel(CancelCause.SLOW_READER);
    RecordingListener early = new RecordingListener();
    engine.submit(Requests.greedy(Requests.prompt(10), 50), early).cancel(CancelCause.STOP_STRING);
    steps(1);
    assertThat(figures.lastStep()).isEqualTo(new StepStats(0, 0, 0, 32, 0, 0, 0, 0, 0));
    running.cancel(CancelCause.SHUTDOWN);
    steps(2);
    assertThat(listener.tokens()).hasSize(3);
    assertThat(listener.events()).hasSize(4).endsWith(new Cancelled(CancelCause.CLIENT_GONE));
    assertThat(early.events()).containsExactly(new Cancelled(CancelCause.STOP_STRING));
    assertThat(figures.finished).hasSize(2);
  }

  @Test
  void aListenerMayCancelItsOwnGeneration() {
    Generation[] own = new Generation[1];
    RecordingListener cancelling =
        new RecordingListener() {
          @Override
          public void onEvent(GenerationEvent event) {
            super.onEvent(event);
            if (tokens().size() == 2) {
              own[0].cancel(CancelCause.STOP_STRING);
            }
          }
        };
    own[0] = engine.submit(Requests.greedy(Requests.prompt(4), 50), cancelling);
    steps(5);
    assertThat(cancelling.tokens()).hasSize(2);
    assertThat(cancelling.events()).endsWith(new Cancelled(CancelCause.STOP_STRING)).hasSize(3);
    assertThat(runner.steps).hasSize(2);
  }

  @Test
  void aListenerThatThrowsLosesItsGenerationOnly() {
    RecordingListener throwing =
        new RecordingListener() {
          @Override
          public void onEvent(GenerationEvent event) {
            super.onEvent(event);
            throw new IllegalStateException("listener broke");
          }
        };
    engine.submit(Requests.greedy(Requests.prompt(4), 20), throwing);
    engine.submit(Requests.greedy(Requests.prompt(5), 20), listener);
    steps(21);
    assertThat(throwing.tokens()).hasSize(1);
    assertThat(throwing.events()).hasSize(2).endsWith(new Cancelled(CancelCause.CLIENT_GONE));
    assertThat(listener.tokens()).isEqualTo(FakeRunner.greedy(Requests.prompt(5), 20));
    assertThat(figures.finished).hasSize(2);
  }

  @Test
  void aBackendListenerThatThrowsHarmsNobody() {
    Engine fragile =
        engine(
            new BackendListener() {
              @Override
              public void onStep(StepStats stats) {
                throw new IllegalStateException("gauge broke");
              }

              @Override
              public void onFinished(GenerationStats stats) {
                throw new IllegalStateException("counter broke");
              }
            });
    fragile.submit(Requests.greedy(Requests.prompt(4), 2), listener);
    fragile.step();
    fragile.step();
    assertThat(listener.events()).hasSize(3).endsWith(new Finished(FinishReason.LENGTH));
  }

  @Test
  void aFailedStepFailsItsSequencesAndNoOthers() {
    engine.submit(Requests.greedy(Requests.prompt(4), 20), listener);
    steps(2);
    runner.before =
        output -> {
          throw new IllegalStateException("poison");
        };
    steps(1);
    assertThat(listener.events()).hasSize(3);
    assertThat(listener.events().getLast())
        .isInstanceOfSatisfying(Failed.class, f -> assertThat(f.message()).contains("poison"));
    assertThat(figures.lastStep().usedBlocks()).isZero();
    runner.before = output -> {};
    RecordingListener next = new RecordingListener();
    engine.submit(Requests.greedy(Requests.prompt(6), 9), next);
    steps(9);
    assertThat(next.tokens()).isEqualTo(FakeRunner.greedy(Requests.prompt(6), 9));
    assertThat(figures.finished).hasSize(2);
  }

  @Test
  void aSequenceThatMakesEveryStepThrowFailsAlone() {
    List<RecordingListener> others = List.of(listener, new RecordingListener());
    engine.submit(Requests.greedy(Requests.prompt(4), 20), others.getFirst());
    steps(2);
    RecordingListener poisoned = new RecordingListener();
    engine.submit(Requests.greedy(new int[] {63, 1}, 20), poisoned);
    engine.submit(Requests.greedy(Requests.prompt(6), 20), others.getLast());
    runner.before =
        output -> {
          if (output.chunks().stream().anyMatch(chunk -> chunk.sequence().token(0) == 63)) {
            throw new IllegalStateException("poison");
          }
        };
    steps(20);
    assertThat(poisoned.events()).hasSize(1);
    assertThat(poisoned.events().getFirst())
        .isInstanceOfSatisfying(Failed.class, f -> assertThat(f.message()).contains("poison"));
    assertThat(others.getFirst().tokens()).isEqualTo(FakeRunner.greedy(Requests.prompt(4), 20));
    assertThat(others.getLast().tokens()).isEqualTo(FakeRunner.greedy(Requests.prompt(6), 20));
    assertThat(figures.lastStep().usedBlocks()).isZero();
  }

  @Test
  void aSequenceWhoseLogitsAreNotNumbersFailsAlone() {
    engine.submit(Requests.greedy(Requests.prompt(4), 20), listener);
    steps(1);
    RecordingListener poisoned = new RecordingListener();
    engine.submit(Requests.greedy(new int[] {9, 8, 7, 6, 5, 4}, 20), poisoned);
    int[] rows = {0};
    runner.distort =
        logits -> {
          if (rows[0]++ == 1) { // the second sequence's
            logits[3] = Float.NaN;
          }
        };
    steps(20);
    assertThat(poisoned.events()).hasSize(1);
    assertThat(poisoned.events().getFirst())
        .isInstanceOfSatisfying(
            Failed.class, f -> assertThat(f.message()).contains("token 3", "NaN"));
    assertThat(listener.tokens()).isEqualTo(FakeRunner.greedy(Requests.prompt(4), 20));
  }

  @Test
  void tellsHowLongEachStageTook() {
    runner.before = output -> pass(10);
    engine.submit(Requests.greedy(Requests.prompt(20), 3), listener); // two steps of prefill
    pass(5);
    steps(4);
    assertThat(figures.firstTokens).containsExactly(Duration.ofMillis(25));
    assertThat(figures.laterTokens).containsExactly(Duration.ofMillis(10), Duration.ofMillis(10));
    assertThat(figures.finished)
        .containsExactly(
            new GenerationStats(
                new Finished(FinishReason.LENGTH),
                20,
                3,
                Duration.ofMillis(5),
                Duration.ofMillis(20),
                Duration.ofMillis(20),
                Duration.ofMillis(45)));
    assertThat(figures.steps).extracting(StepStats::prefillTokens).containsExactly(16, 4, 0, 0);
    assertThat(figures.steps).extracting(StepStats::decodeTokens).containsExactly(0, 1, 1, 1);
  }

  @Test
  void aGenerationThatNeverRanWasQueuedAllItsLife() {
    Generation generation = engine.submit(Requests.greedy(Requests.prompt(4), 3), listener);
    pass(7);
    generation.cancel(CancelCause.CLIENT_GONE);
    steps(1);
    assertThat(figures.finished)
        .containsExactly(
            new GenerationStats(
                new Cancelled(CancelCause.CLIENT_GONE),
                4,
                0,
                Duration.ofMillis(7),
                Duration.ZERO,
                Duration.ZERO,
                Duration.ofMillis(7)));
  }
}
