package dev.whit.engine;

/**
 * The next tokens of one sequence, to be computed in one step. All of it is fixed when the step is
 * scheduled.
 *
 * @param sequence the sequence; its block table already has room for the chunk
 * @param start position of the first token
 * @param count number of tokens, at least one
 * @param promptRowStart position of the first row of the prompt that is wanted for itself: to score
 *     the token after it, or for the embedding
 * @param promptRows number of such rows, from {@code promptRowStart} on
 * @param samples whether the last row yields a new token: the chunk catches up with the sequence
 */
public record ScheduledChunk(
    Sequence sequence, int start, int count, int promptRowStart, int promptRows, boolean samples) {

  /** The next tokens of a sequence, at most {@code budget}. */
  static ScheduledChunk next(Sequence sequence, int budget) {
    int start = sequence.computedTokens();
    int end = Math.min(sequence.targetTokens(), start + budget);
    // After a preemption, rows are computed again that have been used already.
    int rowStart = Math.max(start, sequence.promptRowsDone());
    int rowEnd = Math.min(end, sequence.promptRowsEnd());
    return new ScheduledChunk(
        sequence,
        start,
        end - start,
        rowStart,
        Math.max(0, rowEnd - rowStart),
        sequence.generates() && end == sequence.length());
  }

  /** Position after the last token. */
  public int end() {
    return start + count;
  }

  /** Number of rows that are wanted: their logits, or of an embedding their hidden states. */
  public int wantedRows() {
    return promptRows + (samples ? 1 : 0);
  }

  /** Number of rows that go through the head: those of an embedding end before it. */
  int logitRows() {
    return sequence.pool() == null ? wantedRows() : 0;
  }

  /** Number of its tokens that are prompt tokens. */
  int promptTokens() {
    return Math.max(0, Math.min(end(), sequence.promptLength()) - start);
  }
}
