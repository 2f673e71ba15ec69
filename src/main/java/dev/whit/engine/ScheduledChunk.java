package dev.whit.engine;

/**
 * The next tokens of one sequence, to be computed in one step. All of it is fixed when the step is
 * scheduled.
 *
 * @param sequence the sequence; its block table already has room for the chunk
 * @param start position of the first token
 * @param count number of tokens, at least one
 * @param scoreStart position of the first row that scores a prompt token: the one after it
 * @param scoredRows number of rows, from {@code scoreStart} on, that score a prompt token
 * @param samples whether the last row yields a new token: the chunk catches up with the sequence
 */
public record ScheduledChunk(
    Sequence sequence, int start, int count, int scoreStart, int scoredRows, boolean samples) {

  /** The next tokens of a sequence, at most {@code budget}. */
  static ScheduledChunk next(Sequence sequence, int budget) {
    int start = sequence.computedTokens();
    int end = Math.min(sequence.targetTokens(), start + budget);
    // After a preemption, rows are computed again whose scores have been reported already.
    int scoreStart = Math.max(start, sequence.scoredRows());
    int scoreEnd = Math.min(end, sequence.promptLength() - 1);
    return new ScheduledChunk(
        sequence,
        start,
        end - start,
        scoreStart,
        sequence.scoresPrompt() ? Math.max(0, scoreEnd - scoreStart) : 0,
        sequence.generates() && end == sequence.length());
  }

  /** Position after the last token. */
  public int end() {
    return start + count;
  }

  /** Number of rows whose logits are wanted. */
  public int logitRows() {
    return scoredRows + (samples ? 1 : 0);
  }

  /** Number of its tokens that are prompt tokens. */
  int promptTokens() {
    return Math.max(0, Math.min(end(), sequence.promptLength()) - start);
  }
}
