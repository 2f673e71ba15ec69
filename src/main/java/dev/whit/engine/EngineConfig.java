package dev.whit.engine;

/**
 * Limits of one engine.
 *
 * @param maxSequences most sequences that run at once
 * @param maxBatchTokens most tokens computed in one step
 * @param blockSize tokens in a cache block
 * @param blocks cache blocks
 * @param maxContext most tokens of a sequence, prompt and answer together
 * @param maxQueue most generations accepted beyond {@code maxSequences}; callers who have none yet
 *     may exceed it, all together by {@code maxSequences}
 * @param maxQueueTokens most prompt tokens of all accepted generations together; one alone may have
 *     more, and callers who have none yet, by {@code maxSequences} contexts
 */
public record EngineConfig(
    int maxSequences,
    int maxBatchTokens,
    int blockSize,
    int blocks,
    int maxContext,
    int maxQueue,
    int maxQueueTokens) {

  public EngineConfig {
    requirePositive("maxSequences", maxSequences);
    requirePositive("maxBatchTokens", maxBatchTokens);
    requirePositive("blockSize", blockSize);
    requirePositive("blocks", blocks);
    requirePositive("maxContext", maxContext);
    requirePositive("maxQueue", maxQueue);
    requirePositive("maxQueueTokens", maxQueueTokens);
    // One sequence alone must always fit: the oldest one then always makes progress.
    if ((long) blocks * blockSize < maxContext) {
      throw new IllegalArgumentException(
          "%d blocks of %d tokens do not hold one context of %d tokens"
              .formatted(blocks, blockSize, maxContext));
    }
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, is " + value);
    }
  }

  /** Blocks of a sequence of {@code maxContext} tokens. */
  public int maxBlocksPerSequence() {
    return Math.ceilDiv(maxContext, blockSize);
  }
}
