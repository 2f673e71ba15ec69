package dev.whit.kernel;

/**
 * How the tokens of one step are laid out: the rows of every activation buffer, and where each
 * row's sequence keeps its keys and values. One instance with fixed arrays is reused for every step
 * (a device keeps a copy at fixed addresses); only the first {@link #tokens} or {@link #sequences}
 * entries count.
 *
 * <p>The rows of a sequence are adjacent and in order of position; they are the last {@code
 * queryStart[s+1] − queryStart[s]} of its {@code contextLength[s]} tokens.
 */
public final class BatchLayout {
  /** Number of rows (tokens) in this step. */
  public int tokens;

  /** Number of sequences in this step. */
  public int sequences;

  /** [tokens] Token ids. */
  public final int[] tokenIds;

  /** [tokens] Position of each token in its sequence, from 0. */
  public final int[] positions;

  /** [tokens] Index of the sequence each token belongs to. */
  public final int[] sequenceOf;

  /**
   * [tokens] Cache slot that each token's key and value go to: {@code block * blockSize + offset}.
   */
  public final int[] slots;

  /** [sequences + 1] First row of each sequence; the last entry is {@link #tokens}. */
  public final int[] queryStart;

  /** [sequences] Tokens of the sequence after this step: the keys its last row may attend to. */
  public final int[] contextLength;

  /** [sequences, maxBlocks] Block ids of each sequence in order of position. */
  public final int[] blockTable;

  /** Row stride of {@link #blockTable}. */
  public final int maxBlocks;

  /**
   * A layout with room for {@code maxTokens} rows of {@code maxSequences} sequences of at most
   * {@code maxBlocks} blocks.
   */
  public BatchLayout(int maxTokens, int maxSequences, int maxBlocks) {
    this.maxBlocks = maxBlocks;
    tokenIds = new int[maxTokens];
    positions = new int[maxTokens];
    sequenceOf = new int[maxTokens];
    slots = new int[maxTokens];
    queryStart = new int[maxSequences + 1];
    contextLength = new int[maxSequences];
    blockTable = new int[Math.multiplyExact(maxSequences, maxBlocks)];
  }
}
