package dev.whit.engine;

/**
 * Runs the model: computes the scheduled tokens and chooses the next ones. It returns ids and
 * scores, not logits, so that on a GPU sampling stays on the device. Called and closed by the
 * engine thread only.
 */
public interface ModelRunner extends AutoCloseable {
  /**
   * Computes every chunk of a step.
   *
   * @return one result for each chunk, in order
   * @throws RuntimeException if the step failed: its sequences are given up, the next may work
   * @throws Error if the device or the model's memory failed: so does the engine when it repeats
   */
  StepResult step(SchedulerOutput output);

  /**
   * What the keys and values of a sequence depend on beside its tokens: sequences with equal ones
   * may share cache blocks. Safe to call from any thread.
   *
   * @param promptLength the sequence's, which decides how it rotates where that depends on length
   */
  String cacheSalt(int promptLength);

  /** Frees the cache and what else it holds. */
  @Override
  void close();
}
