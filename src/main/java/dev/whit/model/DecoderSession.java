package dev.whit.model;

import dev.whit.kernel.BatchLayout;
import dev.whit.kernel.Buffer;
import dev.whit.kernel.Kernels;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Runs steps of a {@link Decoder} over a cache: fill {@link #batch}, {@link #forward}, then {@link
 * #logits}. Belongs to one engine thread; a step allocates nothing.
 */
public final class DecoderSession implements AutoCloseable {
  /** Sees the residual stream of a step: 0 is the embedding, l the output of layer l − 1. */
  interface HiddenStateObserver {
    void onHidden(int index, Buffer hidden, int rows);
  }

  private final Decoder decoder;
  private final KvCache cache;
  private final ForwardBatch batch;
  private final Resources resources = new Resources();
  private final Workspace work;

  /** One per distinct rope configuration. */
  private final RotaryEmbedding[] rotaries;

  /** [layers] The rotary embedding of each layer; null where positions are learned. */
  private final @Nullable RotaryEmbedding[] rotaryOf;

  private final int[] rowIndex;
  private @Nullable HiddenStateObserver observer;

  DecoderSession(Decoder decoder, KvCache cache, ForwardBatch batch) {
    this.decoder = decoder;
    this.cache = cache;
    this.batch = batch;
    ModelConfig config = decoder.config();
    int maxTokens = batch.layout.tokenIds.length;
    List<RopeConfig> ropes = config.ropes();
    rotaries = new RotaryEmbedding[ropes.size()];
    rotaryOf = new RotaryEmbedding[config.layers().size()];
    try {
      work = new Workspace(config, maxTokens, decoder.kernels, resources);
      for (int i = 0; i < rotaries.length; i++) {
        rotaries[i] = new RotaryEmbedding(ropes.get(i), maxTokens, decoder.kernels, resources);
      }
    } catch (Throwable e) {
      resources.close();
      throw e;
    }
    for (int l = 0; l < rotaryOf.length; l++) {
      Optional<RopeConfig> rope = config.layers().get(l).rope();
      rotaryOf[l] = rope.map(ropes::indexOf).map(i -> rotaries[i]).orElse(null);
    }
    rowIndex = new int[work.logitRows];
  }

  /** The step's input, the same instance for every step. */
  public ForwardBatch batch() {
    return batch;
  }

  /** Most rows that one call of {@link #logits} computes. */
  public int maxLogitRows() {
    return work.logitRows;
  }

  /** Runs the layers over the batch: its keys and values are in the cache afterwards. */
  public void forward() {
    Kernels kernels = decoder.kernels;
    BatchLayout layout = batch.layout;
    for (RotaryEmbedding rotary : rotaries) {
      rotary.update(batch);
    }
    kernels.embed(decoder.embedding, layout, decoder.config().embeddingScale(), work.embedded);
    if (decoder.projectIn != null) {
      decoder.projectIn.apply(
          kernels, work.embedded, layout.tokens, work.hidden, 0, work.hiddenSize);
    }
    if (decoder.positions != null) {
      int offset = decoder.config().learnedPositions().orElseThrow();
      kernels.addPositions(decoder.positions, layout, offset, work.hidden);
    }
    for (int l = 0; l < rotaryOf.length; l++) {
      observe(l);
      decoder.layers.get(l).forward(kernels, layout, rotaryOf[l], cache, l, work);
    }
  }

  /**
   * Logits of some of the rows that the last step asked for. Only these reach the final norm and
   * the head.
   *
   * @param first index into the batch's {@code logitRows}
   * @param count number of rows, at most {@link #maxLogitRows}
   * @param target [count, vocabulary]
   */
  public void logits(int first, int count, float[] target) {
    int vocabSize = decoder.config().vocabSize();
    Buffer rows = finalHidden(first, count);
    decoder.head.apply(decoder.kernels, rows, count, work.logits, 0, vocabSize);
    if (decoder.config().logitSoftCap() > 0) {
      decoder.kernels.softCap(work.logits, decoder.config().logitSoftCap(), count, vocabSize);
    }
    work.logits.read(0, target, 0, count * vocabSize);
  }

  /**
   * The last hidden states of some of the rows that the last step asked for, after the final norm:
   * what the head reads.
   *
   * @param first index into the batch's {@code logitRows}
   * @param count number of rows, at most {@link #maxLogitRows}
   * @param target [count, embedding]
   */
  public void hidden(int first, int count, float[] target) {
    finalHidden(first, count).read(0, target, 0, count * decoder.config().embeddingSize());
  }

  /** What the head reads of rows: the last hidden states, normalised, [count, embedding]. */
  Buffer finalHidden(int first, int count) {
    if (first < 0 || count < 1 || count > rowIndex.length || first > batch.logits - count) {
      throw new IllegalArgumentException(
          "logit rows %d + %d of %d, at most %d at a time"
              .formatted(first, count, batch.logits, rowIndex.length));
    }
    System.arraycopy(batch.logitRows, first, rowIndex, 0, count);
    Kernels kernels = decoder.kernels;
    kernels.gatherRows(work.hidden, work.hiddenSize, rowIndex, count, work.lastHidden);
    if (decoder.finalNorm != null) {
      decoder.finalNorm.apply(kernels, work.lastHidden, count, work.lastHidden);
    }
    if (decoder.projectOut != null) {
      decoder.projectOut.apply(
          kernels, work.lastHidden, count, work.headInput, 0, decoder.projectOut.outputs());
    }
    return work.headInput;
  }

  /** For tests: lets an observer see the residual stream of the steps that follow. */
  void observeHiddenStates(HiddenStateObserver newObserver) {
    observer = newObserver;
  }

  private void observe(int index) {
    if (observer != null) {
      observer.onHidden(index, work.hidden, batch.layout.tokens);
    }
  }

  @Override
  public void close() {
    resources.close();
  }
}
