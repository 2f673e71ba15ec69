package dev.whit.model;

import dev.whit.kernel.Activation;
import dev.whit.kernel.KvShape;
import dev.whit.kernel.KvType;
import java.util.List;
import java.util.OptionalInt;

/**
 * Everything that decides the forward pass but the weights: an explicit field for every feature,
 * none inferred from another. Biases, ranks and formats are not here: the tensors decide them.
 *
 * @param modelType the family, as {@code config.json} spells it
 * @param vocabSize rows of the embedding, number of logits
 * @param embeddingSize width of the embedding and of the head's input; where it is not that of the
 *     residual stream, linear layers lead in and out
 * @param hiddenSize width of the residual stream
 * @param intermediateSize width inside the feed-forward layer
 * @param heads query heads
 * @param kvHeads key/value heads, a divisor of {@code heads}
 * @param headDim elements of a head
 * @param maxPositions tokens the model was made for
 * @param learnedPositions row of the first position in a table of learned positions, if there is
 *     such a table
 * @param norms where and how it normalises
 * @param activation of the feed-forward layer
 * @param gated whether the feed-forward layer has a gate: {@code down(f(gate(x)) ⊙ up(x))}, else
 *     {@code down(f(up(x)))}
 * @param attentionScale factor of the attention scores
 * @param attentionSoftCap cap of the attention scores, 0 is none
 * @param logitSoftCap cap of the logits, 0 is none
 * @param embeddingScale factor of the embedding
 * @param tiedHead whether the embedding is also the output head
 * @param layers one entry per layer
 */
public record ModelConfig(
    String modelType,
    int vocabSize,
    int embeddingSize,
    int hiddenSize,
    int intermediateSize,
    int heads,
    int kvHeads,
    int headDim,
    int maxPositions,
    OptionalInt learnedPositions,
    NormConfig norms,
    Activation activation,
    boolean gated,
    float attentionScale,
    float attentionSoftCap,
    float logitSoftCap,
    float embeddingScale,
    boolean tiedHead,
    List<LayerConfig> layers) {

  public ModelConfig {
    layers = List.copyOf(layers);
    if (heads % kvHeads != 0) {
      throw new IllegalArgumentException(heads + " heads, " + kvHeads + " key/value heads");
    }
  }

  /** The rotations of all layers, each once. */
  public List<RopeConfig> ropes() {
    return layers.stream().flatMap(layer -> layer.rope().stream()).distinct().toList();
  }

  /**
   * How each of {@link #ropes} rotates a sequence: prompts with equal choices rotate alike.
   *
   * @param promptLength what decides where frequencies depend on length
   */
  public List<Integer> ropeChoices(int promptLength) {
    return ropes().stream().map(rope -> RotaryFrequencies.choice(rope, promptLength)).toList();
  }

  /** Width of what the feed-forward layer's first product gives. */
  public int upWidth() {
    return gated ? Math.multiplyExact(2, intermediateSize) : intermediateSize;
  }

  /** Width of all query heads together. */
  public int queryWidth() {
    return heads * headDim;
  }

  /** Width of all key heads together; the same for values. */
  public int kvWidth() {
    return kvHeads * headDim;
  }

  /** Width of a row of queries, keys and values. */
  public int qkvWidth() {
    return queryWidth() + 2 * kvWidth();
  }

  /** The shape of a key/value cache for this model. */
  public KvShape kvShape(int blocks, int blockSize, KvType type) {
    return new KvShape(layers.size(), blocks, blockSize, kvHeads, headDim, type);
  }

  /** Bytes of one token's keys and values in all layers. */
  public long kvBytesPerToken(KvType type) {
    return KvShape.bytesPerToken(layers.size(), kvHeads, headDim, type);
  }
}
