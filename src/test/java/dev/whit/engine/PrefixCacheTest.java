package dev.whit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whit.backend.GenerationEvent;
import dev.whit.backend.GenerationRequest;
import dev.whit.backend.Pooling;
import dev.whit.backend.SamplingParams;
import dev.whit.kernel.cpu.ScalarKernels;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Sequences that share cache blocks, over a model that a wrong block would lead astray. */
class PrefixCacheTest {
  private static final int BLOCK_SIZE = 16;
  private static final Random RANDOM = new Random(3);

  private EngineConfig config = new EngineConfig(4, 256, BLOCK_SIZE, 256, 2048, 8, 1_000_000);
  private FakeRunner runner = new FakeRunner(config);
  private final CountingListener figures = new CountingListener();
  private Engine engine = engine();

  private Engine engine() {
    return new Engine(
        "test",
        config,
        runner,
        BatchInvarianceTest.info(FakeRunner.VOCABULARY),
        new Device(new ScalarKernels()),
        figures,
        System::nanoTime);
  }

  private void configure(int blocks, int context) {
    config = new EngineConfig(4, 256, BLOCK_SIZE, blocks, context, 8, 1_000_000);
    runner = new FakeRunner(config);
    engine = engine();
  }

  /** Runs a generation to its end, checks its tokens and that every block is free again. */
  private RecordingListener generate(int[] prompt, int maxTokens) {
    RecordingListener listener = run(Requests.greedy(prompt, maxTokens));
    assertThat(listener.tokens()).isEqualTo(FakeRunner.greedy(prompt, maxTokens));
    return listener;
  }

  private RecordingListener run(GenerationRequest request) {
    RecordingListener listener = new RecordingListener();
    engine.submit(request, listener);
    while (listener.events().isEmpty() || !listener.events().getLast().isLast()) {
      engine.step();
    }
    assertThat(figures.lastStep().usedBlocks()).isZero();
    return listener;
  }

  private static int[] prompt(int length) {
    return Requests.prompt(RANDOM, length, FakeRunner.VOCABULARY);
  }

  private static int[] join(int[] first, int... second) {
    int[] joined = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, joined, first.length, second.length);
    return joined;
  }

  @Test
  void aSecondPromptWithTheSameBeginningComputesOnlyTheRest() {
    int[] prefix = prompt(1000);
    assertThat(generate(join(prefix, 1, 2, 3), 5).cachedTokens()).isZero();
    runner.steps.clear();
    RecordingListener second = generate(join(prefix, 3, 2, 1), 5);
    assertThat(second.cachedTokens()).isEqualTo(992); // 62 blocks
    assertThat(second.events().getFirst()).isEqualTo(new GenerationEvent.PromptCached(992));
    assertThat(runner.steps.getFirst().tokens()).isEqualTo(1003 - 992);
  }

  @Test
  void queriesAndHitsAreCounted() {
    int[] prompt = prompt(100);
    generate(prompt, 1);
    generate(prompt, 1);
    assertThat(figures.steps.stream().mapToInt(s -> s.queriedTokens()).sum()).isEqualTo(200);
    assertThat(figures.steps.stream().mapToInt(s -> s.cachedTokens()).sum()).isEqualTo(96);
  }

  @Test
  void onlyRequestsOfTheSameSaltShare() {
    int[] prompt = prompt(100);
    generate(prompt, 1);
    assertThat(run(Requests.salted(prompt, 1, "a")).cachedTokens()).isZero();
    assertThat(run(Requests.salted(prompt, 1, "b")).cachedTokens()).isZero();
    assertThat(run(Requests.salted(prompt, 1, "a")).cachedTokens()).isEqualTo(96);
    assertThat(generate(prompt, 1).cachedTokens()).isEqualTo(96);
  }

  @Test
  void theLastTokenIsAlwaysComputed() {
    int[] prompt = prompt(64);
    generate(prompt, 1);
    assertThat(generate(prompt, 3).cachedTokens()).isEqualTo(48);
    assertThat(generate(Arrays.copyOf(prompt, 16), 1).cachedTokens()).isZero();
    assertThat(generate(Arrays.copyOf(prompt, 17), 1).cachedTokens()).isEqualTo(16);
  }

  @Test
  void anAnswerIsAPrefixToo() {
    int[] prompt = prompt(20);
    int[] answer = generate(prompt, 30).tokens().stream().mapToInt(Integer::intValue).toArray();
    assertThat(generate(join(prompt, answer), 3).cachedTokens()).isEqualTo(48);
  }

  @Test
  void anotherBeginningSharesNothingBehindIt() {
    int[] prompt = prompt(64);
    generate(prompt, 1);
    int[] other = prompt.clone();
    other[0] = (other[0] + 1) % FakeRunner.VOCABULARY;
    assertThat(generate(other, 1).cachedTokens()).isZero();
  }

  @Test
  void sequencesThatRotateOtherwiseShareNothing() {
    runner.salt = promptLength -> promptLength > 50 ? "long" : "short";
    int[] prompt = prompt(60);
    generate(Arrays.copyOf(prompt, 40), 1);
    assertThat(generate(prompt, 1).cachedTokens()).isZero();
    assertThat(generate(Arrays.copyOf(prompt, 50), 1).cachedTokens()).isEqualTo(32);
    assertThat(generate(Arrays.copyOf(prompt, 55), 1).cachedTokens()).isEqualTo(48);
  }

  @Test
  void theMeanNeedsEveryRowTheLastTokensEmbeddingOnlyOne() {
    int[] prompt = prompt(64);
    RecordingListener first = run(Requests.embedding(prompt, Pooling.LAST));
    RecordingListener second = run(Requests.embedding(prompt, Pooling.LAST));
    assertThat(second.cachedTokens()).isEqualTo(48);
    assertThat(second.embedding()).isEqualTo(first.embedding());
    assertThat(run(Requests.embedding(prompt, Pooling.MEAN)).cachedTokens()).isZero();
  }

  @Test
  void aScoredPromptIsComputedWholeButHelpsTheNext() {
    int[] prompt = prompt(64);
    generate(prompt, 1);
    RecordingListener scored = run(Requests.scored(prompt, 2, SamplingParams.GREEDY));
    assertThat(scored.promptScores()).hasSize(63);
    assertThat(scored.cachedTokens()).isZero();
    assertThat(figures.steps.stream().mapToInt(s -> s.queriedTokens()).sum()).isEqualTo(64);
    int[] other = prompt(64);
    run(Requests.scored(other, 0, SamplingParams.GREEDY));
    assertThat(generate(other, 2).cachedTokens()).isEqualTo(48);
  }

  @Test
  void sequencesThatRunTogetherHoldTheSameBlocks() {
    int[] prompt = prompt(160);
    RecordingListener first = new RecordingListener();
    RecordingListener second = new RecordingListener();
    engine.submit(Requests.greedy(prompt, 4), first);
    engine.step();
    assertThat(figures.lastStep().usedBlocks()).isEqualTo(10);
    engine.submit(Requests.greedy(prompt, 4), second);
    engine.step();
    assertThat(figures.lastStep().usedBlocks()).isEqualTo(10 + 1 + 1); // each a last one of its own
    for (int i = 0; i < 5; i++) {
      engine.step();
    }
    assertThat(second.cachedTokens()).isEqualTo(144);
    assertThat(first.tokens()).isEqualTo(FakeRunner.greedy(prompt, 4));
    assertThat(second.tokens()).isEqualTo(FakeRunner.greedy(prompt, 4));
    assertThat(figures.lastStep().usedBlocks()).isZero();
  }

  @Test
  void theLeastRecentlyUsedPrefixGivesWay() {
    configure(10, 160);
    int[] first = prompt(64);
    int[] second = prompt(64);
    generate(first, 1); // four blocks
    generate(second, 1); // four others
    assertThat(generate(first, 1).cachedTokens()).isEqualTo(48);
    generate(prompt(64), 1); // two unused ones and the end of the second
    assertThat(generate(first, 1).cachedTokens()).isEqualTo(48);
    assertThat(generate(second, 1).cachedTokens()).isLessThan(48);
  }

  @Test
  void aPromptThatNeedsEveryBlockFindsRoom() {
    configure(10, 160);
    int[] prompt = prompt(159);
    generate(prompt, 1);
    assertThat(generate(prompt, 1).cachedTokens()).isEqualTo(144);
    assertThat(generate(prompt(159), 1).cachedTokens()).isZero();
  }

  @Test
  void whatAFailedSequenceComputedIsNotUsedAgain() {
    int[] prompt = prompt(300); // two steps
    runner.distort = logits -> logits[0] = Float.NaN;
    assertThat(run(Requests.greedy(prompt, 1)).events().getLast())
        .isInstanceOf(GenerationEvent.Failed.class);
    runner.distort = logits -> {};
    assertThat(generate(prompt, 3).cachedTokens()).isZero();
  }

  @Test
  void aPreemptedSequenceFindsItsOwnBlocksAgain() {
    configure(10, 160);
    int[] first = prompt(64);
    int[] second = prompt(90);
    RecordingListener one = new RecordingListener();
    RecordingListener other = new RecordingListener();
    engine.submit(Requests.greedy(first, 10), one);
    engine.submit(Requests.greedy(second, 4), other); // its six and the first's four: all
    engine.step();
    engine.step(); // the first needs a fifth
    assertThat(figures.lastStep().preemptions()).isEqualTo(1);
    runner.steps.clear();
    while (!other.events().getLast().isLast()) {
      engine.step();
    }
    // Its fifth block is whole; the first has taken the one that was not.
    assertThat(runner.steps.stream().mapToInt(SchedulerOutput::promptTokens).max()).hasValue(10);
    assertThat(one.tokens()).isEqualTo(FakeRunner.greedy(first, 10));
    assertThat(other.tokens()).isEqualTo(FakeRunner.greedy(second, 4));
    assertThat(other.cachedTokens()).as("of its own making").isZero();
    assertThat(figures.prompts).as("computed twice, done once").containsExactly(64, 90);
    assertThat(figures.lastStep().usedBlocks()).isZero();
  }
}
