package dev.whit.model;

import dev.whit.kernel.BatchLayout;

/** One step's input to the {@link Decoder}; one instance is reused for every step. */
public final class ForwardBatch {
  /** Rows, positions and cache slots. */
  public final BatchLayout layout;

  /**
   * [sequences] The length that decides a sequence's rotation where it depends on length (dynamic,
   * longrope): its prompt's length at admission, the same for all its steps.
   */
  public final int[] ropeLength;

  /** Rows whose logits are wanted, ascending. */
  public final int[] logitRows;

  /** Number of entries of {@link #logitRows} that count. */
  public int logits;

  /** A batch with room for so many rows, sequences and blocks per sequence. */
  public ForwardBatch(int maxTokens, int maxSequences, int maxBlocks) {
    layout = new BatchLayout(maxTokens, maxSequences, maxBlocks);
    ropeLength = new int[maxSequences];
    logitRows = new int[maxTokens];
  }
}
