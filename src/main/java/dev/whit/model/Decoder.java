package dev.whit.model;

import dev.whit.kernel.DenseWeights;
import dev.whit.kernel.Kernels;
import dev.whit.kernel.KvType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A decoder-only transformer: immutable weights and how to apply them. State lives in a {@link
 * KvCache} and a {@link DecoderSession}. Close sessions and caches before it.
 */
public final class Decoder implements AutoCloseable {
  final Kernels kernels;
  final DenseWeights embedding;
  final @Nullable DenseWeights positions;
  final @Nullable LinearLayer projectIn;
  final List<DecoderLayer> layers;
  final @Nullable Norm finalNorm;
  final @Nullable LinearLayer projectOut;
  final LinearLayer head;
  private final ModelConfig config;
  private final Resources weights;

  /**
   * What is before and after the layers.
   *
   * @param embedding [vocabulary, embedding]
   * @param positions [positions, hidden], where they are learned
   * @param projectIn embedding → hidden, where their widths differ
   * @param finalNorm [hidden]
   * @param projectOut hidden → embedding, where their widths differ
   * @param head embedding → vocabulary; over the embedding's weights where they are tied
   */
  public record Ends(
      DenseWeights embedding,
      @Nullable DenseWeights positions,
      @Nullable LinearLayer projectIn,
      @Nullable Norm finalNorm,
      @Nullable LinearLayer projectOut,
      LinearLayer head) {}

  /**
   * A decoder of its parts.
   *
   * @param weights owns the memory of all of them, closed with the decoder
   */
  public Decoder(
      ModelConfig config,
      Kernels kernels,
      Ends ends,
      List<DecoderLayer> layers,
      Resources weights) {
    this.config = config;
    this.kernels = kernels;
    embedding = ends.embedding();
    positions = ends.positions();
    projectIn = ends.projectIn();
    this.layers = List.copyOf(layers);
    finalNorm = ends.finalNorm();
    projectOut = ends.projectOut();
    head = ends.head();
    this.weights = weights;
  }

  /** What it computes. */
  public ModelConfig config() {
    return config;
  }

  /** A cache of {@code blocks} blocks of {@code blockSize} tokens; the caller closes it. */
  public KvCache allocateCache(int blocks, int blockSize, KvType type) {
    return new KvCache(kernels.allocateKv(config.kvShape(blocks, blockSize, type)));
  }

  /**
   * Buffers for steps over a cache; the caller closes it.
   *
   * @param maxTokens most tokens of a step
   * @param maxSequences most sequences of a step
   * @param maxBlocks most cache blocks of a sequence
   */
  public DecoderSession openSession(KvCache cache, int maxTokens, int maxSequences, int maxBlocks) {
    return new DecoderSession(this, cache, new ForwardBatch(maxTokens, maxSequences, maxBlocks));
  }

  /** Bytes of activations that a session of {@code maxTokens} needs. */
  public static long workspaceBytes(ModelConfig config, int maxTokens) {
    return Workspace.bytes(config, maxTokens);
  }

  @Override
  public void close() {
    weights.close();
  }
}
