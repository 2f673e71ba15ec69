package dev.whit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whit.backend.BackendListener.GenerationStats;
import dev.whit.backend.BackendListener.StepStats;
import dev.whit.backend.CancelCause;
import dev.whit.backend.Generation;
import dev.whit.backend.GenerationEvent;
import dev.whit.backend.RejectedException;
import dev.whit.kernel.cpu.ScalarKernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many clients that come and go at random; afterwards nothing is left and the counts add up. */
@Timeout(300)
class EngineStormTest {
  private static final int CLIENTS = 32;
  private static final int ROUNDS = 25;
  private static final EngineConfig CONFIG = new EngineConfig(8, 24, 4, 40, 64, 16, 1_000_000);

  /** No step with a prompt that begins with it succeeds. */
  private static final int POISON = 63;

  private final FakeRunner runner = new FakeRunner(CONFIG);
  private final CountingListener figures = new CountingListener();
  private final Engine engine =
      Engine.start(
          "storm",
          CONFIG,
          runner,
          BatchInvarianceTest.info(FakeRunner.VOCABULARY),
          new Device(new ScalarKernels()),
          figures);
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicInteger rejected = new AtomicInteger();

  @Test
  void nothingIsLeftAndTheCountsAddUp() throws Exception {
    runner.before =
        output -> {
          if (output.chunks().stream().anyMatch(chunk -> chunk.sequence().token(0) == POISON)) {
            throw new IllegalStateException("poisoned step");
          }
        };
    List<Callable<List<RecordingListener>>> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      Random random = new Random(i);
      clients.add(() -> client(random));
    }
    List<RecordingListener> listeners = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
      for (Future<List<RecordingListener>> client : threads.invokeAll(clients)) {
        listeners.addAll(client.get());
      }
    }
    for (RecordingListener listener : listeners) {
      listener.awaitLast();
    }
    // Of those in the storm perhaps none had a step: they were refused, or their clients had left.
    CheckingListener poisoned = new CheckingListener(List.of(), true);
    engine.submit(Requests.greedy(new int[] {POISON, 1}, 5), poisoned);
    accepted.incrementAndGet();
    poisoned.awaitLast();
    listeners.add(poisoned);
    assertThat(engine.isHealthy()).isTrue();
    engine.close();

    assertThat(figures.lastStep().usedBlocks()).isZero();
    assertThat(figures.lastStep().running()).isZero();
    assertThat(figures.lastStep().waiting()).isZero();
    assertThat(accepted.get() + rejected.get()).isEqualTo(CLIENTS * ROUNDS + 1);
    assertThat(figures.accepted).hasValue(accepted.get());
    assertThat(figures.rejected).hasValue(rejected.get());
    assertThat(listeners).hasSize(accepted.get());
    assertThat(figures.finished).hasSize(accepted.get());
    assertThat(figures.finished)
        .extracting(GenerationStats::outcome)
        .hasAtLeastOneElementOfType(GenerationEvent.Finished.class)
        .hasAtLeastOneElementOfType(GenerationEvent.Cancelled.class)
        .hasAtLeastOneElementOfType(GenerationEvent.Failed.class);
    int tokens = 0;
    for (RecordingListener listener : listeners) {
      if (!((CheckingListener) listener).poisoned) {
        assertThat(listener.events()).noneMatch(GenerationEvent.Failed.class::isInstance);
      }
      assertThat(listener.events()).filteredOn(GenerationEvent::isLast).hasSize(1);
      tokens += listener.tokens().size();
    }
    assertThat(figures.firstTokens.size() + figures.laterTokens.size()).isEqualTo(tokens);
    assertThat(figures.finished.stream().mapToInt(GenerationStats::generatedTokens).sum())
        .isEqualTo(tokens);
    assertThat(figures.lastStep().preemptions()).isPositive();
    assertThat(figures.steps.stream().mapToInt(StepStats::cachedTokens).sum()).isPositive();
  }

  private List<RecordingListener> client(Random random) throws InterruptedException {
    List<RecordingListener> listeners = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      int[] prompt = Requests.prompt(random, 1 + random.nextInt(40), FakeRunner.VOCABULARY);
      if (random.nextBoolean()) {
        Arrays.fill(prompt, 0, prompt.length / 2, 7); // a beginning that many share
      }
      int maxTokens = random.nextInt(30);
      CheckingListener listener =
          new CheckingListener(FakeRunner.greedy(prompt, maxTokens), prompt[0] == POISON);
      try {
        Generation generation = engine.submit(Requests.greedy(prompt, maxTokens), listener);
        accepted.incrementAndGet();
        listeners.add(listener);
        leaveOrStay(random, generation, listener);
      } catch (RejectedException e) {
        rejected.incrementAndGet();
        Thread.sleep(1);
      }
    }
    return listeners;
  }

  private static void leaveOrStay(Random random, Generation generation, CheckingListener listener)
      throws InterruptedException {
    switch (random.nextInt(4)) {
      case 0 -> generation.cancel(CancelCause.CLIENT_GONE); // perhaps before it is seen
      case 1 -> {
        Thread.sleep(0, random.nextInt(2_000_000) % 1_000_000);
        generation.cancel(CancelCause.SLOW_READER);
      }
      case 2 -> listener.awaitLast();
      default -> {} // the next one beside it
    }
  }

  /** Checks each token against the model's continuation. */
  private static final class CheckingListener extends RecordingListener {
    private final List<Integer> expected;
    private final boolean poisoned;

    CheckingListener(List<Integer> expected, boolean poisoned) {
      this.expected = expected;
      this.poisoned = poisoned;
    }

    @Override
    GenerationEvent awaitLast() throws InterruptedException {
      GenerationEvent last = super.awaitLast();
      assertThat(tokens()).isEqualTo(expected.subList(0, tokens().size()));
      return last;
    }
  }
}
