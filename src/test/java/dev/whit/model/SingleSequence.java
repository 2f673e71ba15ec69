package dev.whit.model;

import dev.whit.kernel.BatchLayout;
import dev.whit.kernel.KvType;

/**
 * Runs one sequence through a decoder without an engine. Its cache blocks are not in order of
 * position, and do not begin at 0, so that a confusion of slots and positions shows.
 */
public final class SingleSequence implements AutoCloseable {
  private static final int BLOCK_SIZE = 4;
  private static final int BLOCKS = 32;
  private static final int MAX_TOKENS = BLOCK_SIZE * (BLOCKS - 1);

  private final KvCache cache;
  private final DecoderSession session;
  private final int vocabSize;
  private final int ropeLength;
  private int length;

  /**
   * @param ropeLength length of the prompt, which decides the rotation
   */
  public SingleSequence(Decoder decoder, int ropeLength) {
    this(decoder, ropeLength, KvType.F32);
  }

  SingleSequence(Decoder decoder, int ropeLength, KvType kvType) {
    this.ropeLength = ropeLength;
    vocabSize = decoder.config().vocabSize();
    cache = decoder.allocateCache(BLOCKS, BLOCK_SIZE, kvType);
    session = decoder.openSession(cache, MAX_TOKENS, 1, BLOCKS);
  }

  DecoderSession session() {
    return session;
  }

  /** Appends tokens in one step; returns the logits at each, [tokens, vocabulary]. */
  public float[] append(int... tokens) {
    ForwardBatch batch = session.batch();
    BatchLayout layout = batch.layout;
    layout.tokens = tokens.length;
    layout.sequences = 1;
    layout.queryStart[1] = tokens.length;
    layout.contextLength[0] = length + tokens.length;
    for (int b = 0; b < BLOCKS - 1; b++) {
      layout.blockTable[b] = BLOCKS - 1 - b;
    }
    batch.ropeLength[0] = ropeLength;
    batch.logits = tokens.length;
    for (int i = 0; i < tokens.length; i++) {
      int position = length + i;
      layout.tokenIds[i] = tokens[i];
      layout.positions[i] = position;
      layout.slots[i] =
          layout.blockTable[position / BLOCK_SIZE] * BLOCK_SIZE + position % BLOCK_SIZE;
      batch.logitRows[i] = i;
    }
    session.forward();
    length += tokens.length;
    return logits(tokens.length);
  }

  private float[] logits(int rows) {
    float[] all = new float[rows * vocabSize];
    float[] slice = new float[session.maxLogitRows() * vocabSize];
    for (int first = 0; first < rows; first += session.maxLogitRows()) {
      int count = Math.min(session.maxLogitRows(), rows - first);
      session.logits(first, count, slice);
      System.arraycopy(slice, 0, all, first * vocabSize, count * vocabSize);
    }
    return all;
  }

  @Override
  public void close() {
    session.close();
    cache.close();
  }
}
