package dev.whit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.whit.backend.BackendListener;
import dev.whit.backend.CancelCause;
import dev.whit.backend.FinishReason;
import dev.whit.backend.GenerationEvent;
import dev.whit.backend.GenerationEvent.Cancelled;
import dev.whit.backend.GenerationEvent.Failed;
import dev.whit.backend.GenerationEvent.Finished;
import dev.whit.backend.GenerationRequest;
import dev.whit.backend.SamplingParams;
import dev.whit.engine.StepResult.SequenceResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchedulerTest {
  private static final int TOKEN = 9;

  private EngineConfig config = new EngineConfig(4, 16, 4, 32, 64, 8, 1_000_000);
  private Scheduler scheduler = new Scheduler(config);
  private int arrivals;

  private void configure(int sequences, int batchTokens, int blocks, int context) {
    config = new EngineConfig(sequences, batchTokens, 4, blocks, context, 8, 1_000_000);
    scheduler = new Scheduler(config);
  }

  private Sequence arrive(GenerationRequest request) {
    // Each in a cache of its own: these tests count blocks, PrefixCacheTest shares them.
    BlockHash root = BlockHash.root("sequence " + arrivals++);
    Sequence sequence = new Sequence(request, event -> {}, BackendListener.NONE, config, root, 0);
    scheduler.add(List.of(sequence));
    return sequence;
  }

  private Sequence arrive(int promptLength, int maxTokens) {
    return arrive(Requests.greedy(Requests.prompt(promptLength), maxTokens));
  }

  /** Runs a step in which every sequence that samples gets {@link #TOKEN}. */
  private SchedulerOutput step(List<SequenceEvent> events) {
    events.addAll(scheduler.removeEnded());
    SchedulerOutput output = scheduler.schedule();
    assertThat(output.tokens()).isLessThanOrEqualTo(config.maxBatchTokens());
    List<SequenceResult> results = new ArrayList<>();
    for (ScheduledChunk chunk : output.chunks()) {
      int token = chunk.samples() ? TOKEN : SequenceResult.NO_TOKEN;
      results.add(new SequenceResult(token, null, List.of(), null));
    }
    events.addAll(scheduler.update(output, new StepResult(results)));
    return output;
  }

  private SchedulerOutput step() {
    return step(new ArrayList<>());
  }

  private static List<Sequence> sequences(SchedulerOutput output) {
    return output.chunks().stream().map(ScheduledChunk::sequence).toList();
  }

  private static List<Integer> counts(SchedulerOutput output) {
    return output.chunks().stream().map(ScheduledChunk::count).toList();
  }

  private int usedBlocks() {
    return scheduler.stats(SchedulerOutput.EMPTY, StepResult.EMPTY).usedBlocks();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 64})
  void aPromptIsComputedInChunksOfTheBudget(int budget) {
    configure(4, budget, 32, 64);
    Sequence sequence = arrive(20, 2);
    int steps = 0;
    while (sequence.generated() == 0) {
      SchedulerOutput output = step();
      ScheduledChunk chunk = output.chunks().getFirst();
      assertThat(chunk.start()).isEqualTo(steps * budget);
      assertThat(chunk.count()).isEqualTo(Math.min(budget, 20 - steps * budget));
      assertThat(chunk.samples()).isEqualTo(chunk.end() == 20);
      steps++;
    }
    assertThat(steps).isEqualTo(Math.ceilDiv(20, budget));
    assertThat(counts(step())).containsExactly(1);
    assertThat(scheduler.isEmpty()).isTrue();
    assertThat(usedBlocks()).isZero();
  }

  @Test
  void runningSequencesComeBeforeWaitingOnesAndShareTheBudget() {
    Sequence first = arrive(3, 9);
    step();
    Sequence second = arrive(20, 9);
    Sequence third = arrive(5, 9);
    SchedulerOutput output = step();
    assertThat(sequences(output)).containsExactly(first, second);
    assertThat(counts(output)).containsExactly(1, 15);
    output = step();
    assertThat(sequences(output)).containsExactly(first, second, third);
    assertThat(counts(output)).containsExactly(1, 5, 5);
    assertThat(counts(step())).containsExactly(1, 1, 1);
  }

  @Test
  void waitingSequencesAreAdmittedInOrderOfArrivalEvenWhereALaterOneWouldFit() {
    configure(4, 64, 16, 64);
    Sequence big = arrive(40, 9); // 10 of 16 blocks
    Sequence bigger = arrive(30, 9); // 8: must wait
    Sequence small = arrive(4, 9);
    assertThat(sequences(step())).containsExactly(big);
    big.cancel(CancelCause.CLIENT_GONE);
    assertThat(sequences(step())).containsExactly(bigger, small);
  }

  @Test
  void noMoreSequencesRunThanAllowed() {
    for (int i = 0; i < 6; i++) {
      arrive(1, i == 0 ? 1 : 9);
    }
    assertThat(step().chunks()).hasSize(4);
    assertThat(step().chunks()).hasSize(4); // the first is done, the fifth has its place
    assertThat(scheduler.stats(SchedulerOutput.EMPTY, StepResult.EMPTY).waiting()).isEqualTo(1);
  }

  @Test
  void theLatestArrivedSequenceLosesItsBlocksWhenTheyRunOut() {
    configure(4, 64, 6, 24);
    Sequence first = arrive(8, 16);
    Sequence second = arrive(8, 16);
    Sequence third = arrive(7, 16); // two blocks each: all six
    step();
    assertThat(usedBlocks()).isEqualTo(6);
    // The first needs a third block, takes one of the third sequence's, the second the other.
    assertThat(sequences(step())).containsExactly(first, second);
    assertThat(scheduler.preemptions()).isEqualTo(1);
    assertThat(third.generated()).isEqualTo(1);
    assertThat(third.computedTokens()).isZero();
    assertThat(third.blockTable().count()).isZero();
    Sequence fourth = arrive(1, 1); // would fit, but the preempted one is before it
    for (int i = 0; i < 3; i++) {
      assertThat(sequences(step())).containsExactly(first, second);
    }
    // The first needs a fourth block: now it is the second's turn to yield.
    assertThat(sequences(step())).containsExactly(first);
    first.cancel(CancelCause.CLIENT_GONE);
    SchedulerOutput output = step();
    assertThat(sequences(output)).containsExactly(second, third); // four blocks and two
    // Of the second's three full blocks, the first has overwritten the last.
    assertThat(counts(output)).containsExactly(8 + 5 - 2 * 4, 7 + 1);
    second.cancel(CancelCause.CLIENT_GONE);
    assertThat(sequences(step())).containsExactly(third, fourth);
  }

  private Sequence urgent(int priority) {
    return arrive(Requests.urgent(Requests.prompt(8), 9, priority));
  }

  @Test
  void lowerPrioritiesRunFirstAndEqualOnesInOrderOfArrival() {
    configure(1, 64, 32, 64);
    Sequence running = urgent(5);
    step();
    Sequence late = urgent(1);
    Sequence low = urgent(9);
    Sequence first = urgent(-1);
    Sequence second = urgent(-1);
    for (Sequence next : List.of(running, first, second, late, low)) {
      assertThat(sequences(step())).containsExactly(next);
      next.cancel(CancelCause.CLIENT_GONE);
    }
    assertThat(scheduler.removeEnded()).hasSize(1);
    assertThat(scheduler.isEmpty()).isTrue();
  }

  @Test
  void aLongUrgentPromptLeavesATokenForEachAnswer() {
    Sequence low = urgent(2);
    Sequence middle = urgent(1);
    step();
    Sequence high = arrive(Requests.urgent(Requests.prompt(40), 9, 0));
    step();
    SchedulerOutput output = step();
    assertThat(sequences(output)).containsExactly(high, middle, low);
    assertThat(counts(output)).containsExactly(14, 1, 1);
  }

  @Test
  void theLeastUrgentSequenceLosesItsBlocksAndIsNotTheFirstToGetThemBack() {
    configure(4, 64, 6, 24);
    Sequence low = urgent(2);
    Sequence high = urgent(0);
    Sequence middle = urgent(1); // two blocks each: all six
    step();
    assertThat(sequences(step())).containsExactly(high, middle); // which need a third each
    assertThat(low.blockTable().count()).isZero();
    Sequence later = urgent(1);
    high.cancel(CancelCause.CLIENT_GONE);
    assertThat(sequences(step())).containsExactly(middle, later);
  }

  @Test
  void everySequenceFinishesHoweverFewBlocksThereAre() {
    configure(8, 5, 6, 24);
    List<SequenceEvent> events = new ArrayList<>();
    List<Sequence> all = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      all.add(arrive(Requests.urgent(Requests.prompt(1 + i), 14, i % 3)));
    }
    for (int i = 0; i < 2000 && !scheduler.isEmpty(); i++) {
      step(events);
    }
    assertThat(scheduler.isEmpty()).isTrue();
    assertThat(scheduler.preemptions()).isPositive();
    assertThat(usedBlocks()).isZero();
    for (Sequence sequence : all) {
      List<GenerationEvent> own =
          events.stream().filter(e -> e.sequence() == sequence).map(SequenceEvent::event).toList();
      assertThat(own).hasSize(15);
      assertThat(own.getLast()).isEqualTo(new Finished(FinishReason.LENGTH));
    }
  }

  @Test
  void aStopTokenEndsTheSequenceAfterItIsReported() {
    Sequence sequence = arrive(Requests.stoppingAt(Requests.prompt(3), 10, TOKEN));
    List<SequenceEvent> events = new ArrayList<>();
    step(events);
    assertThat(events)
        .containsExactly(
            new SequenceEvent(sequence, new GenerationEvent.Token(TOKEN, null)),
            new SequenceEvent(sequence, new Finished(FinishReason.STOP)));
    assertThat(scheduler.isEmpty()).isTrue();
  }

  @Test
  void aStopTokenInThePromptEndsNothing() {
    arrive(Requests.stoppingAt(new int[] {TOKEN}, 10, TOKEN + 1));
    step();
    assertThat(scheduler.isEmpty()).isFalse();
  }

  @Test
  void theContextEndsASequenceBeforeItsTokenLimit() {
    configure(4, 64, 4, 16);
    Sequence sequence = arrive(14, 100);
    List<SequenceEvent> events = new ArrayList<>();
    step(events);
    step(events);
    assertThat(sequence.length()).isEqualTo(16);
    assertThat(events.getLast().event()).isEqualTo(new Finished(FinishReason.LENGTH));
    assertThat(usedBlocks()).isZero();
  }

  @Test
  void aPromptThatFillsTheContextGeneratesNothing() {
    configure(4, 64, 4, 16);
    Sequence sequence = arrive(16, 5);
    assertThat(scheduler.removeEnded())
        .containsExactly(new SequenceEvent(sequence, new Finished(FinishReason.LENGTH)));
  }

  @Test
  void onlyScoringComputesAllTokensButTheLast() {
    Sequence sequence =
        arrive(
            new GenerationRequest(
                "r", Requests.prompt(20), 0, SamplingParams.GREEDY, Set.of(), -1, 0));
    List<SequenceEvent> events = new ArrayList<>();
    SchedulerOutput output = step(events);
    assertThat(counts(output)).containsExactly(16);
    assertThat(output.chunks().getFirst().promptRows()).isEqualTo(16);
    assertThat(events).isEmpty();
    output = step(events);
    assertThat(counts(output)).containsExactly(3);
    assertThat(output.chunks().getFirst().samples()).isFalse();
    assertThat(events)
        .containsExactly(new SequenceEvent(sequence, new Finished(FinishReason.LENGTH)));
  }

  @Test
  void cancelledSequencesLeaveWithTheirFirstCauseWhereverTheyAre() {
    configure(1, 4, 32, 64);
    Sequence running = arrive(10, 5);
    step();
    Sequence waiting = arrive(10, 5);
    running.cancel(CancelCause.CLIENT_GONE);
    running.cancel(CancelCause.SHUTDOWN);
    waiting.cancel(CancelCause.SLOW_READER);
    assertThat(scheduler.removeEnded())
        .containsExactly(
            new SequenceEvent(running, new Cancelled(CancelCause.CLIENT_GONE)),
            new SequenceEvent(waiting, new Cancelled(CancelCause.SLOW_READER)));
    assertThat(scheduler.isEmpty()).isTrue();
    assertThat(usedBlocks()).isZero();
    assertThat(scheduler.schedule().chunks()).isEmpty();
  }

  @Test
  void aSequenceFailsAlone() {
    Sequence bad = arrive(2, 5);
    Sequence good = arrive(2, 5);
    SchedulerOutput output = scheduler.schedule();
    List<SequenceEvent> events =
        scheduler.update(
            output,
            new StepResult(
                List.of(
                    SequenceResult.failed("bad"),
                    new SequenceResult(TOKEN, null, List.of(), null))));
    assertThat(events)
        .containsExactly(
            new SequenceEvent(bad, new Failed("bad")),
            new SequenceEvent(good, new GenerationEvent.Token(TOKEN, null)));
    assertThat(usedBlocks()).isEqualTo(1);
    assertThat(sequences(step())).containsExactly(good);
  }

  @Test
  void aConfigurationMustHoldOneWholeContext() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new EngineConfig(1, 1, 16, 3, 49, 1, 1_000_000))
        .withMessageContaining("3 blocks of 16 tokens")
        .withMessageContaining("49");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new EngineConfig(0, 1, 1, 1, 1, 1, 1_000_000))
        .withMessageContaining("maxSequences");
  }
}
