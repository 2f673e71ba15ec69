package dev.whit.backend;

import java.time.Duration;

/**
 * What a backend tells about its work, for metrics. Called from the backend's thread; must return
 * at once and never throw.
 */
public interface BackendListener {
  /** Ignores everything. */
  BackendListener NONE = new BackendListener() {};

  /** State after a step: gauges. */
  default void onStep(StepStats stats) {}

  /**
   * Who hears of the generation that the calling thread is about to submit, refused or not: a
   * listener may know for whom that thread works. All of it but {@link #onStep} goes there.
   *
   * @param label what the generation counts as
   */
  default BackendListener forGeneration(RequestLabel label) {
    return this;
  }

  /** A generation was accepted. */
  default void onAccepted() {}

  /**
   * The prompt of a generation is done, whether computed or found in the cache; once, however often
   * it is computed.
   *
   * @param tokens all tokens of the prompt
   */
  default void onPrompt(int tokens) {}

  /** The first token of a generation. */
  default void onFirstToken(Duration sinceArrival) {}

  /** A later token. */
  default void onToken(Duration sincePrevious) {}

  /** A generation ended, however; exactly once for each one that was accepted. */
  default void onFinished(GenerationStats stats) {}

  /** A generation was not accepted. */
  default void onRejected(RejectedException.Reason reason) {}

  /**
   * State of the engine after a step.
   *
   * @param running sequences with cache blocks
   * @param waiting sequences in the queue
   * @param usedBlocks cache blocks in use
   * @param totalBlocks all cache blocks
   * @param prefillTokens prompt tokens computed in this step
   * @param decodeTokens tokens generated in this step
   * @param preemptions how often a sequence has lost its cache blocks to another since the start
   * @param queriedTokens tokens that this step looked for in the prefix cache
   * @param cachedTokens those that were there
   */
  record StepStats(
      int running,
      int waiting,
      int usedBlocks,
      int totalBlocks,
      int prefillTokens,
      int decodeTokens,
      long preemptions,
      int queriedTokens,
      int cachedTokens) {}

  /**
   * How a generation went.
   *
   * @param outcome the last event
   * @param promptTokens tokens of the prompt
   * @param generatedTokens tokens generated
   * @param queued from arrival to the first step with it
   * @param prefill from then to its first token
   * @param decode from its first token to its last
   * @param total from arrival to the end
   */
  record GenerationStats(
      GenerationEvent outcome,
      int promptTokens,
      int generatedTokens,
      Duration queued,
      Duration prefill,
      Duration decode,
      Duration total) {}
}
