package dev.whit.model;

import dev.whit.kernel.BatchLayout;
import dev.whit.kernel.Buffer;
import dev.whit.kernel.Kernels;
import org.jspecify.annotations.Nullable;

/** A transformer layer: attention, then feed-forward, each added to the residual stream. */
public final class DecoderLayer {
  private final NormConfig.Placement placement;
  private final Norms norms;
  private final Attention attention;
  private final Mlp mlp;

  /**
   * The norms of a layer. Where they stand before the branches or after the sums is the model's
   * {@link NormConfig.Placement}.
   *
   * @param attention before attention, or after its sum
   * @param attentionOutput of attention's output before it is added
   * @param mlp before the feed-forward layer, or after its sum
   * @param mlpOutput of the feed-forward layer's output before it is added
   */
  public record Norms(
      Norm attention, @Nullable Norm attentionOutput, Norm mlp, @Nullable Norm mlpOutput) {}

  /** A layer of its parts. */
  public DecoderLayer(NormConfig.Placement placement, Norms norms, Attention attention, Mlp mlp) {
    this.placement = placement;
    this.norms = norms;
    this.attention = attention;
    this.mlp = mlp;
  }

  /**
   * Updates the workspace's {@code hidden} in place.
   *
   * @param rotary null where positions are learned
   */
  void forward(
      Kernels kernels,
      BatchLayout batch,
      @Nullable RotaryEmbedding rotary,
      KvCache cache,
      int layer,
      Workspace work) {
    int rows = batch.tokens;
    attention.forward(
        kernels, batch, rotary, cache, layer, input(norms.attention(), kernels, rows, work), work);
    addBranch(norms.attention(), norms.attentionOutput(), kernels, rows, work);
    mlp.forward(kernels, rows, input(norms.mlp(), kernels, rows, work), work);
    addBranch(norms.mlp(), norms.mlpOutput(), kernels, rows, work);
  }

  /** What a branch reads: the residual stream, normalised first or not. */
  private Buffer input(Norm norm, Kernels kernels, int rows, Workspace work) {
    return switch (placement) {
      case PRE, SANDWICH -> {
        norm.apply(kernels, work.hidden, rows, work.normed);
        yield work.normed;
      }
      case POST -> work.hidden;
    };
  }

  private void addBranch(
      Norm norm, @Nullable Norm output, Kernels kernels, int rows, Workspace work) {
    if (output != null) {
      output.apply(kernels, work.branch, rows, work.branch);
    }
    kernels.add(work.hidden, work.branch, rows * work.hiddenSize);
    if (placement == NormConfig.Placement.POST) {
      norm.apply(kernels, work.hidden, rows, work.hidden);
    }
  }
}
