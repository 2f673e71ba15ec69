package dev.whit.engine;

import dev.whit.backend.BackendListener.StepStats;
import dev.whit.backend.GenerationEvent;
import dev.whit.engine.StepResult.SequenceResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides what each step computes. There is no prefill or decode phase: every sequence's computed
 * tokens catch up with its tokens under one {@link StepBudget}: running sequences first, in order
 * of priority and, within one, of arrival; then waiting ones, in the order of {@link WaitingQueue}.
 *
 * <p>A sequence runs once there are blocks for all its tokens; while it generates it takes one more
 * whenever it needs one. When there is none, the last running sequence is preempted: it loses its
 * blocks, returns to its place in the queue and is computed again later, but for what is still in
 * the cache then. The first one is never preempted and fits alone ({@link EngineConfig}), so there
 * is always progress. What waits preempts nothing, however urgent.
 *
 * <p>Full blocks that are computed can be found by their {@link BlockHash}: a sequence that begins
 * shares those of its first tokens, and computes the rest.
 */
final class Scheduler {
  private final EngineConfig config;
  private final BlockManager blocks;
  private final StepTimeModel times = new StepTimeModel();
  private final WaitingQueue waiting = new WaitingQueue();
  // In order of priority and arrival.
  private final List<Sequence> running = new ArrayList<>();
  private long arrivals;
  private long preemptions;

  Scheduler(EngineConfig config) {
    this.config = config;
    blocks = new BlockManager(config.blocks());
  }

  /** Puts new sequences into the queue. */
  void add(Collection<Sequence> arrived) {
    for (Sequence sequence : arrived) {
      sequence.arrived(arrivals++);
      waiting.add(sequence);
    }
  }

  /** Whether there is nothing to do. */
  boolean isEmpty() {
    return running.isEmpty() && waiting.isEmpty();
  }

  /** Removes the sequences that end without another step: cancelled ones and empty tasks. */
  List<SequenceEvent> removeEnded() {
    return removeEnding(null);
  }

  /** Removes all sequences; those that do not end by themselves end with {@code event}. */
  List<SequenceEvent> removeAll(GenerationEvent event) {
    return removeEnding(event);
  }

  private List<SequenceEvent> removeEnding(@Nullable GenerationEvent otherwise) {
    List<Sequence> all = new ArrayList<>(running);
    all.addAll(waiting.all());
    List<SequenceEvent> ended = new ArrayList<>();
    for (Sequence sequence : all) {
      GenerationEvent own = sequence.ending();
      GenerationEvent event = own != null ? own : otherwise;
      if (event != null) {
        waiting.remove(sequence);
        remove(sequence, event, ended);
      }
    }
    return ended;
  }

  /** Chooses the tokens of the next step and takes the blocks that they need. */
  SchedulerOutput schedule() {
    List<ScheduledChunk> chunks = new ArrayList<>();
    List<PrefixLookup> lookups = new ArrayList<>();
    StepBudget budget = new StepBudget(config.maxBatchTokens(), times, running);
    boolean preempted = false;
    for (int i = 0; i < running.size() && budget.tokens() > 0; i++) {
      Sequence sequence = running.get(i);
      // A token is left for each one after it: nobody's answer waits for another's prompt.
      ScheduledChunk chunk = budget.next(sequence, running.size() - 1 - i);
      while (i < running.size() && sequence.blockTable().missing(chunk.end()) > blocks.free()) {
        preemptLast(); // in the end this very sequence, which ends the loop
        preempted = true;
      }
      if (i < running.size()) {
        sequence.blockTable().grow(chunk.end(), blocks);
        chunks.add(chunk);
        budget.take(chunk);
      }
    }
    // What was just preempted needs more blocks than there are: nobody may overtake it.
    while (!preempted && !budget.isSpent()) {
      Sequence sequence = admitNext();
      if (sequence == null) {
        break;
      }
      if (sequence.begin()) {
        waiting.charge(sequence, sequence.length() - sequence.computedTokens());
        if (sequence.mayReusePrefix()) {
          lookups.add(new PrefixLookup(sequence, sequence.length(), sequence.computedTokens()));
        }
      }
      ScheduledChunk chunk = budget.next(sequence, 0);
      chunks.add(chunk);
      budget.take(chunk);
    }
    if (chunks.isEmpty() && !isEmpty()) {
      throw new IllegalStateException(
          "%d sequences run and %d wait, but none can be computed with %d of %d blocks free"
              .formatted(running.size(), waiting.size(), blocks.free(), blocks.total()));
    }
    return new SchedulerOutput(chunks, lookups);
  }

  /** Runs the next waiting sequence, if there are the blocks for all its tokens; else null. */
  private @Nullable Sequence admitNext() {
    Sequence next = waiting.first();
    if (next == null || running.size() == config.maxSequences()) {
      return null;
    }
    next.reusePrefix(blocks); // first: a block that it shares need not be free
    if (next.blockTable().missing(next.targetTokens()) > blocks.free()) {
      next.releaseBlocks(blocks);
      return null;
    }
    next.blockTable().grow(next.targetTokens(), blocks);
    waiting.take(next);
    running.add(-1 - Collections.binarySearch(running, next, WaitingQueue.ORDER), next);
    return next;
  }

  /** A step took so long: what the next ones may compute follows from it. */
  void took(SchedulerOutput output, Duration time) {
    times.learn(StepWork.of(output.chunks()), time.toNanos());
  }

  private void preemptLast() {
    Sequence last = running.removeLast();
    last.releaseBlocks(blocks);
    waiting.add(last);
    preemptions++;
  }

  /**
   * Takes a step's results over into its sequences and removes those that end.
   *
   * @return what happened to them, in order
   */
  List<SequenceEvent> update(SchedulerOutput output, StepResult result) {
    int chunks = output.chunks().size();
    if (result.results().size() != chunks) {
      throw new IllegalStateException(
          "%d results for %d chunks".formatted(result.results().size(), chunks));
    }
    List<SequenceEvent> events = new ArrayList<>();
    for (PrefixLookup lookup : output.lookups()) {
      if (lookup.cachedTokens() > 0) {
        GenerationEvent cached = new GenerationEvent.PromptCached(lookup.cachedTokens());
        events.add(new SequenceEvent(lookup.sequence(), cached));
      }
    }
    for (int i = 0; i < chunks; i++) {
      update(output.chunks().get(i), result.results().get(i), events);
    }
    return events;
  }

  private void update(ScheduledChunk chunk, SequenceResult result, List<SequenceEvent> events) {
    Sequence sequence = chunk.sequence();
    if (result.failure() != null) {
      fail(sequence, result.failure(), events);
      return;
    }
    sequence.computed(chunk.end());
    sequence.publishBlocks(blocks);
    if (!result.promptScores().isEmpty()) {
      GenerationEvent scored = new GenerationEvent.PromptScored(result.promptScores());
      events.add(new SequenceEvent(sequence, scored));
    }
    if (result.embedding() != null) {
      events.add(new SequenceEvent(sequence, new GenerationEvent.Embedded(result.embedding())));
    }
    if (result.sampled()) {
      try {
        sequence.append(result.token());
      } catch (RuntimeException e) { // its constraint's
        fail(sequence, "token %d: %s".formatted(result.token(), e), events);
        return;
      }
      waiting.charge(sequence, 1);
      GenerationEvent token = new GenerationEvent.Token(result.token(), result.score());
      events.add(new SequenceEvent(sequence, token));
    }
    GenerationEvent ending = sequence.ending();
    if (ending != null) {
      remove(sequence, ending, events);
    }
  }

  private void fail(Sequence sequence, String message, List<SequenceEvent> events) {
    sequence.blockTable().discard(blocks); // what was wrong may have been in them
    remove(sequence, new GenerationEvent.Failed(message), events);
  }

  private void remove(Sequence sequence, GenerationEvent event, List<SequenceEvent> events) {
    running.remove(sequence);
    sequence.blockTable().release(blocks);
    events.add(new SequenceEvent(sequence, event));
  }

  /** State after a step. */
  StepStats stats(SchedulerOutput output, StepResult result) {
    return new StepStats(
        running.size(),
        waiting.size(),
        blocks.used(),
        blocks.total(),
        output.promptTokens(),
        result.sampledTokens(),
        preemptions,
        output.queriedTokens(),
        output.cachedTokens());
  }

  /** How often a sequence lost its blocks to another. */
  long preemptions() {
    return preemptions;
  }
}
