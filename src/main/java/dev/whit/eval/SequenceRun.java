package dev.whit.eval;

import dev.whit.kernel.BatchLayout;
import dev.whit.kernel.KvType;
import dev.whit.model.Decoder;
import dev.whit.model.DecoderSession;
import dev.whit.model.ForwardBatch;
import dev.whit.model.KvCache;

/** Runs sequences through a decoder one at a time, each from an empty cache. */
final class SequenceRun implements AutoCloseable {
  private static final int BLOCK_SIZE = 16;

  private final KvCache cache;
  private final DecoderSession session;

  /**
   * @param maxLength most tokens of a sequence
   * @param stepTokens most tokens of a step
   */
  SequenceRun(Decoder decoder, int maxLength, int stepTokens, KvType type) {
    int blocks = Math.ceilDiv(maxLength, BLOCK_SIZE);
    cache = decoder.allocateCache(blocks, BLOCK_SIZE, type);
    try {
      session = decoder.openSession(cache, stepTokens, 1, blocks);
    } catch (Throwable e) {
      cache.close();
      throw e;
    }
    BatchLayout layout = session.batch().layout;
    layout.sequences = 1;
    for (int b = 0; b < blocks; b++) {
      layout.blockTable[b] = b;
    }
  }

  /** Most rows that one call of {@link #logits} gives. */
  int maxLogitRows() {
    return session.maxLogitRows();
  }

  /**
   * Runs tokens {@code start … end − 1} of a sequence, after all that come before.
   *
   * @param wanted first position whose logits are wanted
   */
  void forward(int[] tokens, int start, int end, int wanted) {
    ForwardBatch batch = session.batch();
    BatchLayout layout = batch.layout;
    layout.tokens = end - start;
    layout.queryStart[0] = 0;
    layout.queryStart[1] = layout.tokens;
    layout.contextLength[0] = end;
    batch.ropeLength[0] = tokens.length;
    batch.logits = 0;
    for (int t = 0; t < layout.tokens; t++) {
      int position = start + t;
      layout.tokenIds[t] = tokens[position];
      layout.positions[t] = position;
      layout.sequenceOf[t] = 0;
      layout.slots[t] = position;
      if (position >= wanted) {
        batch.logitRows[batch.logits++] = t;
      }
    }
    session.forward();
  }

  /**
   * Logits of wanted positions of the last step.
   *
   * @param first index among them
   * @param target [count, vocabulary]
   */
  void logits(int first, int count, float[] target) {
    session.logits(first, count, target);
  }

  @Override
  public void close() {
    session.close();
    cache.close();
  }
}
