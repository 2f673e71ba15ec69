package dev.whit.bench;

import dev.whit.kernel.BatchLayout;
import dev.whit.model.Decoder;
import dev.whit.model.DecoderSession;
import dev.whit.model.ForwardBatch;
import dev.whit.model.KvCache;
import java.util.SplittableRandom;

/** Runs workloads through a decoder, of random tokens, each from an empty cache. */
final class BenchSession implements AutoCloseable {
  private static final int BLOCK_SIZE = 16;

  private final KvCache cache;
  private final DecoderSession session;
  private final SplittableRandom random = new SplittableRandom(1);
  private final int vocabSize;
  private final int stepTokens;
  private final int blocksPerSequence;
  private final float[] logits;

  BenchSession(Decoder decoder, BenchSpec spec) {
    vocabSize = decoder.config().vocabSize();
    stepTokens = spec.stepTokens();
    blocksPerSequence = Math.ceilDiv(spec.context(), BLOCK_SIZE);
    int sequences = spec.maxSequences();
    cache =
        decoder.allocateCache(
            Math.multiplyExact(sequences, blocksPerSequence), BLOCK_SIZE, spec.kvType());
    try {
      session =
          decoder.openSession(cache, Math.max(stepTokens, sequences), sequences, blocksPerSequence);
    } catch (RuntimeException | Error e) {
      cache.close();
      throw e;
    }
    logits = new float[Math.multiplyExact(session.maxLogitRows(), vocabSize)];
  }

  /**
   * Runs a workload.
   *
   * @return how many steps it took
   * @throws IllegalStateException when the model gives logits that are not finite
   */
  int run(Workload workload) {
    int step =
        switch (workload.phase()) {
          case PREFILL -> Math.max(1, stepTokens / workload.batch());
          case DECODE -> 1;
        };
    int steps = 0;
    for (int start = 0; start < workload.tokens(); start += step, steps++) {
      int end = Math.min(start + step, workload.tokens());
      fill(workload, start, end);
      session.forward();
      readLogits();
    }
    return steps;
  }

  /** Lays out tokens {@code start} to {@code end − 1} of every sequence. */
  private void fill(Workload workload, int start, int end) {
    ForwardBatch batch = session.batch();
    BatchLayout layout = batch.layout;
    layout.tokens = 0;
    layout.sequences = workload.batch();
    boolean last = end == workload.tokens();
    batch.logits = 0;
    for (int s = 0; s < workload.batch(); s++) {
      layout.queryStart[s] = layout.tokens;
      layout.contextLength[s] = end;
      batch.ropeLength[s] = workload.tokens();
      for (int b = 0; b < blocksPerSequence; b++) {
        layout.blockTable[s * layout.maxBlocks + b] = s * blocksPerSequence + b;
      }
      for (int position = start; position < end; position++) {
        int t = layout.tokens++;
        layout.tokenIds[t] = random.nextInt(vocabSize);
        layout.positions[t] = position;
        layout.sequenceOf[t] = s;
        layout.slots[t] = s * blocksPerSequence * BLOCK_SIZE + position;
      }
      // A prompt's logits are wanted once, after its last token.
      if (last || workload.phase() == Workload.Phase.DECODE) {
        batch.logitRows[batch.logits++] = layout.tokens - 1;
      }
    }
    layout.queryStart[layout.sequences] = layout.tokens;
  }

  private void readLogits() {
    int wanted = session.batch().logits;
    for (int first = 0; first < wanted; first += session.maxLogitRows()) {
      int count = Math.min(session.maxLogitRows(), wanted - first);
      session.logits(first, count, logits);
      // One of them tells: what is not finite spreads to all.
      if (!Float.isFinite(logits[0])) {
        throw new IllegalStateException("the model gives logits that are not finite");
      }
    }
  }

  @Override
  public void close() {
    session.close();
    cache.close();
  }
}
