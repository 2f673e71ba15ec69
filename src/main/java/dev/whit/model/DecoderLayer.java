package dev.whit.model;

import dev.whit.kernel.BatchLayout;
import dev.whit.kernel.Kernels;

/**
 * A pre-norm transformer layer: attention, then feed-forward, each added to the residual stream.
 */
public record DecoderLayer(
    RmsNorm inputNorm, Attention attention, RmsNorm postAttentionNorm, Mlp mlp) {

  /** Updates the workspace's {@code hidden} in place. */
  void forward(
      Kernels kernels,
      BatchLayout batch,
      RotaryEmbedding rotary,
      KvCache cache,
      int layer,
      Workspace work) {
    int rows = batch.tokens;
    inputNorm.apply(kernels, work.hidden, rows, work.normed);
    attention.forward(kernels, batch, rotary, cache, layer, work);
    kernels.add(work.hidden, work.branch, rows * work.hiddenSize);
    postAttentionNorm.apply(kernels, work.hidden, rows, work.normed);
    mlp.forward(kernels, rows, work);
    kernels.add(work.hidden, work.branch, rows * work.hiddenSize);
  }
}
