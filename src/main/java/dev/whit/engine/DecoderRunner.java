package dev.whit.engine;

import dev.whit.engine.StepResult.SequenceResult;
import dev.whit.kernel.BatchLayout;
import dev.whit.kernel.KvType;
import dev.whit.model.Decoder;
import dev.whit.model.DecoderSession;
import dev.whit.model.ForwardBatch;
import dev.whit.model.KvCache;
import dev.whit.model.ModelConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a {@link Decoder} over a paged cache and samples on the host: lays the scheduled chunks out
 * as one {@link ForwardBatch}, runs the layers once, and reads only the rows of logits or of hidden
 * states that are wanted, some at a time.
 */
public final class DecoderRunner implements ModelRunner {
  private final KvCache cache;
  private final DecoderSession session;
  private final ModelConfig model;
  private final int vocabulary;
  private final Sampler sampler;

  /** [maxLogitRows, vocabulary] Logits of the rows from windowStart to windowEnd. */
  private final float[] window;

  private int windowStart;
  private int windowEnd;
  private final float[] row;

  /** [maxLogitRows, embedding] Last hidden states of some rows. */
  private final float[] hidden;

  /**
   * Allocates the cache and the buffers of a step.
   *
   * @param decoder the model; stays the caller's, to be closed after the runner
   */
  public DecoderRunner(Decoder decoder, EngineConfig config, KvType kvType) {
    model = decoder.config();
    vocabulary = model.vocabSize();
    cache = decoder.allocateCache(config.blocks(), config.blockSize(), kvType);
    try {
      session =
          decoder.openSession(
              cache,
              config.maxBatchTokens(),
              Math.min(config.maxSequences(), config.maxBatchTokens()),
              config.maxBlocksPerSequence());
    } catch (RuntimeException | Error e) {
      cache.close();
      throw e;
    }
    sampler = new Sampler(vocabulary);
    window = new float[Math.multiplyExact(session.maxLogitRows(), vocabulary)];
    row = new float[vocabulary];
    hidden = new float[Math.multiplyExact(session.maxLogitRows(), model.embeddingSize())];
  }

  @Override
  public StepResult step(SchedulerOutput output) {
    fill(session.batch(), output);
    session.forward();
    windowStart = 0;
    windowEnd = 0;
    List<SequenceResult> results = new ArrayList<>(output.chunks().size());
    int first = 0;
    for (ScheduledChunk chunk : output.chunks()) {
      int firstRow = first;
      HiddenStatePool pool = chunk.sequence().pool();
      results.add(
          pool == null
              ? sampler.sample(chunk, i -> logits(firstRow + i))
              : pool(chunk, firstRow, pool));
      first += chunk.wantedRows();
    }
    return new StepResult(results);
  }

  @Override
  public String cacheSalt(int promptLength) {
    return cache.shape() + " rope " + model.ropeChoices(promptLength);
  }

  private static void fill(ForwardBatch batch, SchedulerOutput output) {
    BatchLayout layout = batch.layout;
    layout.tokens = 0;
    layout.sequences = 0;
    batch.logits = 0;
    for (ScheduledChunk chunk : output.chunks()) {
      add(batch, chunk);
    }
    layout.queryStart[layout.sequences] = layout.tokens;
  }

  private static void add(ForwardBatch batch, ScheduledChunk chunk) {
    BatchLayout layout = batch.layout;
    Sequence sequence = chunk.sequence();
    BlockTable table = sequence.blockTable();
    int s = layout.sequences++;
    int firstRow = layout.tokens;
    layout.queryStart[s] = firstRow;
    layout.contextLength[s] = chunk.end();
    batch.ropeLength[s] = sequence.promptLength();
    for (int i = 0; i < table.count(); i++) {
      layout.blockTable[s * layout.maxBlocks + i] = table.block(i);
    }
    for (int position = chunk.start(); position < chunk.end(); position++) {
      int t = layout.tokens++;
      layout.tokenIds[t] = sequence.token(position);
      layout.positions[t] = position;
      layout.sequenceOf[t] = s;
      layout.slots[t] = table.slot(position);
    }
    for (int i = 0; i < chunk.promptRows(); i++) {
      batch.logitRows[batch.logits++] = firstRow + chunk.promptRowStart() - chunk.start() + i;
    }
    if (chunk.samples()) {
      batch.logitRows[batch.logits++] = layout.tokens - 1;
    }
  }

  /** A wanted row of logits, by its index among them; overwritten by the next call. */
  private float[] logits(int index) {
    if (index < windowStart || index >= windowEnd) {
      windowStart = index;
      windowEnd = Math.min(index + session.maxLogitRows(), session.batch().logits);
      session.logits(windowStart, windowEnd - windowStart, window);
    }
    System.arraycopy(window, (index - windowStart) * vocabulary, row, 0, vocabulary);
    return row;
  }

  private SequenceResult pool(ScheduledChunk chunk, int firstRow, HiddenStatePool pool) {
    int width = model.embeddingSize();
    for (int done = 0; done < chunk.promptRows(); ) {
      int count = Math.min(session.maxLogitRows(), chunk.promptRows() - done);
      session.hidden(firstRow + done, count, hidden);
      for (int i = 0; i < count; i++) {
        pool.add(chunk.promptRowStart() + done + i, hidden, i, width);
      }
      done += count;
    }
    return SequenceResult.pooled(chunk, pool);
  }

  @Override
  public void close() {
    session.close();
    cache.close();
  }
}
