package dev.whit.model;

import dev.whit.kernel.AttentionSpec;
import dev.whit.kernel.BatchLayout;
import dev.whit.kernel.Kernels;

/** Self-attention with rotated queries and keys, grouped key/value heads and a paged cache. */
public final class Attention {
  private final AttentionSpec spec;
  private final StackedLinear qkv;
  private final LinearLayer output;

  /**
   * @param qkv hidden → q‖k‖v, [heads + 2·kvHeads, headDim]
   * @param output [heads, headDim] → hidden
   */
  public Attention(AttentionSpec spec, StackedLinear qkv, LinearLayer output) {
    this.spec = spec;
    this.qkv = qkv;
    this.output = output;
  }

  /** Reads the workspace's {@code normed}, writes its {@code branch}. */
  void forward(
      Kernels kernels,
      BatchLayout batch,
      RotaryEmbedding rotary,
      KvCache cache,
      int layer,
      Workspace work) {
    int rows = batch.tokens;
    int stride = qkv.outputs();
    int queries = spec.heads() * spec.headDim();
    int keys = spec.kvHeads() * spec.headDim();
    qkv.apply(kernels, work.normed, rows, work.qkv);
    // Keys follow the queries in a row, so one call rotates both.
    rotary.apply(kernels, work.qkv, rows, stride, spec.heads() + spec.kvHeads(), spec.headDim());
    kernels.storeKv(work.qkv, stride, queries, queries + keys, batch, cache.store(), layer);
    kernels.attention(spec, work.qkv, stride, batch, cache.store(), layer, work.attended);
    output.apply(kernels, work.attended, rows, work.branch, 0, output.outputs());
  }
}
