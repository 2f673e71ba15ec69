package dev.whit.constraint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MaskCacheTest {
  private final AtomicInteger made = new AtomicInteger();
  private final MaskCache cache = new MaskCache(2);

  /** The states of a text of some letters. */
  private static List<ByteAutomaton.State> states(int count) {
    GrammarBuilder builder =
        new GrammarBuilder(
            Vocabularies.of(Vocabularies.random(new SplittableRandom(1), 0)).singleBytes(),
            new CompileBudget());
    GrammarBuilder.Rule rule = builder.rule();
    builder.free(builder.text(rule.start(), "a".repeat(count)), rule.end());
    ByteAutomaton automaton = new ByteAutomaton(builder.build(rule));
    List<ByteAutomaton.State> states = new ArrayList<>(List.of(automaton.start()));
    for (int i = 0; i < count; i++) {
      ByteAutomaton.State next = automaton.next(states.getLast(), 'a');
      assertThat(next).isNotNull();
      states.add(next);
    }
    return states;
  }

  private long[] make(ByteAutomaton.State state) {
    return new long[] {made.incrementAndGet()};
  }

  @Test
  void forgetsTheMaskThatWasUsedLeastRecently() {
    List<ByteAutomaton.State> states = states(2);
    cache.get(states.get(0), this::make);
    cache.get(states.get(1), this::make);
    cache.get(states.get(0), this::make);
    cache.get(states.get(2), this::make);
    assertThat(made).hasValue(3);
    assertThat(cache.get(states.get(0), this::make)).containsExactly(1);
    assertThat(cache.get(states.get(1), this::make)).containsExactly(4);
  }

  @Test
  void makesAMaskOnceForAllWhoAskAndHoldsUpNobodyElse() throws Exception {
    List<ByteAutomaton.State> states = states(1);
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<long[]> first =
          threads.submit(() ->
              cache.get(
                  states.get(0),
                  state -> {
                    begun.countDown();
                    awaitQuietly(released);
                    return make(state);
                  }));
      begun.await();
      Future<long[]> second = threads.submit(() -> cache.get(states.get(0), this::make));
      assertThat(cache.get(states.get(1), this::make)).containsExactly(1);
      released.countDown();
      assertThat(first.get()).containsExactly(2);
      assertThat(second.get()).isSameAs(first.get());
    }
  }

  @Test
  void whatFailedIsTriedAgain() {
    ByteAutomaton.State state = states(0).getFirst();
    assertThatThrownBy(() ->
            cache.get(
                state,
                missing -> {
                  throw new IllegalStateException("no mask");
                }))
        .hasMessage("no mask");
    assertThat(cache.get(state, this::make)).containsExactly(1);
  }

  @Test
  void preparesWhatWillBeAskedFor() throws InterruptedException {
    ByteAutomaton.State state = states(0).getFirst();
    CountDownLatch prepared = new CountDownLatch(1);
    cache.prepare(
        state,
        missing -> {
          prepared.countDown();
          return make(missing);
        });
    prepared.await();
    assertThat(cache.get(state, missing -> new long[] {99})).containsExactly(1);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
