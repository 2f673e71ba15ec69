package dev.whit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.whit.backend.BackendListener;
import dev.whit.engine.StepResult.SequenceResult;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Callers that want more than there is get even shares of it, each in its own order. */
class FairShareTest {
  private static final EngineConfig CONFIG = new EngineConfig(2, 64, 4, 64, 64, 8, 1_000_000);

  private Scheduler scheduler = new Scheduler(CONFIG);
  private final List<String> begun = new ArrayList<>();
  private final Map<String, Integer> tokens = new HashMap<>();

  private static Sequence sequence(String caller, int prompt, int maxTokens, int priority) {
    return new Sequence(
        Requests.of(caller, Requests.prompt(prompt), maxTokens, priority),
        event -> {},
        BackendListener.NONE,
        CONFIG,
        BlockHash.root(caller),
        0);
  }

  private void arrive(String caller, int prompt, int maxTokens, int priority) {
    scheduler.add(List.of(sequence(caller, prompt, maxTokens, priority)));
  }

  private void arrive(String caller, int count) {
    for (int i = 0; i < count; i++) {
      arrive(caller, 4, 4, 0);
    }
  }

  /** Returns whose sequences took part. */
  private List<String> step() {
    SchedulerOutput output = scheduler.schedule();
    for (ScheduledChunk chunk : output.chunks()) {
      String caller = chunk.sequence().request().caller();
      if (chunk.start() == 0) {
        begun.add(caller);
      }
      tokens.merge(caller, chunk.count(), Integer::sum);
    }
    SequenceResult token = new SequenceResult(7, null, List.of(), null);
    scheduler.update(output, new StepResult(Collections.nCopies(output.chunks().size(), token)));
    return output.chunks().stream().map(chunk -> chunk.sequence().request().caller()).toList();
  }

  @Test
  void whoComesLaterDoesNotWaitForAllThatAnotherHasAskedFor() {
    arrive("greedy", 20);
    step();
    arrive("modest", 2);
    while (!scheduler.isEmpty()) {
      step();
    }
    // Two of the greedy caller's run already: the next two places are the modest one's.
    assertThat(begun.subList(0, 5))
        .containsExactly("greedy", "greedy", "modest", "modest", "greedy");
    assertThat(begun).hasSize(22);
  }

  @Test
  void sharesAreEvenInTokensNotInRequests() {
    for (int i = 0; i < 40; i++) {
      arrive("long", 16, 16, 0);
    }
    for (int i = 0; i < 200; i++) {
      arrive("short", 2, 2, 0);
    }
    for (int i = 0; i < 150; i++) {
      step();
    }
    double share = tokens.get("short") / (double) (tokens.get("short") + tokens.get("long"));
    assertThat(share).isCloseTo(0.5, within(0.1));
  }

  @Test
  void whoWasAwayHasNoClaimToWhatItDidNotUse() {
    arrive("busy", 30);
    for (int i = 0; i < 30; i++) {
      step();
    }
    begun.clear();
    arrive("back", 20);
    for (int i = 0; i < 20; i++) {
      step();
    }
    assertThat(Collections.frequency(begun, "busy"))
        .isBetween(begun.size() / 2 - 2, begun.size() / 2 + 2);
  }

  @Test
  void whoWasPreemptedGoesOnBeforeAnotherBegins() {
    scheduler = new Scheduler(new EngineConfig(2, 64, 4, 16, 64, 8, 1_000_000));
    arrive("greedy", 24, 12, 0);
    arrive("greedy", 24, 30, 0);
    while (scheduler.preemptions() == 0) {
      step();
    }
    arrive("modest", 1);
    List<String> together = step();
    while (together.size() < 2) {
      together = step();
    }
    // The second answer stands still for the first one's sake, not for fairness'.
    assertThat(together).containsExactly("greedy", "greedy");
  }

  @Test
  void urgencyComesBeforeFairness() {
    arrive("a", 4, 2, 0);
    arrive("a", 4, 2, 0);
    arrive("b", 4, 2, 5);
    arrive("a", 4, 2, 0);
    while (!scheduler.isEmpty()) {
      step();
    }
    assertThat(begun).containsExactly("a", "a", "a", "b");
  }

  @Test
  void callersThatComeAndGoAreForgotten() {
    WaitingQueue queue = new WaitingQueue();
    for (int i = 0; i < 10_000; i++) {
      Sequence sequence = sequence("caller " + i, 4, 4, 0);
      queue.add(sequence);
      queue.take(sequence);
      queue.charge(sequence, 5);
    }
    assertThat(queue.counters()).isLessThan(2000);
    assertThat(queue.isEmpty()).isTrue();
  }
}
