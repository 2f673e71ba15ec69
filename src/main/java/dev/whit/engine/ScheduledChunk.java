package dev.whit.engine;

/**
 * The next tokens of one sequence, to be computed in one step.
 *
 * @param sequence the sequence; its block table already has room for the chunk
 * @param start position of the first token
 * @param count number of tokens, at least one
 */
public record ScheduledChunk(Sequence sequence, int start, int count) {
  /** Position after the last token. */
  public int end() {
    return start + count;
  }

  /** Whether the last row yields a new token: the chunk catches up with the sequence. */
  public boolean samples() {
    return sequence.generates() && end() == sequence.length();
  }

  /** Position of the first row that scores a prompt token: the one after it. */
  public int scoreStart() {
    return Math.max(start, sequence.scoredRows());
  }

  /** Number of rows, from {@link #scoreStart} on, that score a prompt token. */
  public int scoredRows() {
    int scoreEnd = Math.min(end(), sequence.promptLength() - 1);
    return sequence.scoresPrompt() ? Math.max(0, scoreEnd - scoreStart()) : 0;
  }

  /** Number of rows whose logits are wanted. */
  public int logitRows() {
    return scoredRows() + (samples() ? 1 : 0);
  }

  /** Number of its tokens that are prompt tokens. */
  int promptTokens() {
    return Math.max(0, Math.min(end(), sequence.promptLength()) - start);
  }
}
