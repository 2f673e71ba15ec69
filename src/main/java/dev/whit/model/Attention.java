package dev.whit.model;

import dev.whit.kernel.AttentionSpec;
import dev.whit.kernel.BatchLayout;
import dev.whit.kernel.Buffer;
import dev.whit.kernel.Kernels;
import org.jspecify.annotations.Nullable;

/** Self-attention with grouped key/value heads and a paged cache. */
public final class Attention {
  private final AttentionSpec spec;
  private final StackedLinear qkv;
  private final @Nullable RmsNorm queryNorm;
  private final @Nullable RmsNorm keyNorm;
  private final LinearLayer output;

  /**
   * @param qkv hidden → q‖k‖v, [heads + 2·kvHeads, headDim]
   * @param queryNorm [headDim], of each query head before it rotates
   * @param keyNorm [headDim], of each key head before it rotates
   * @param output [heads, headDim] → hidden
   */
  public Attention(
      AttentionSpec spec,
      StackedLinear qkv,
      @Nullable RmsNorm queryNorm,
      @Nullable RmsNorm keyNorm,
      LinearLayer output) {
    this.spec = spec;
    this.qkv = qkv;
    this.queryNorm = queryNorm;
    this.keyNorm = keyNorm;
    this.output = output;
  }

  /**
   * Writes the workspace's {@code branch}.
   *
   * @param rotary null where positions are learned
   * @param x [rows, hidden]
   */
  void forward(
      Kernels kernels,
      BatchLayout batch,
      @Nullable RotaryEmbedding rotary,
      KvCache cache,
      int layer,
      Buffer x,
      Workspace work) {
    int rows = batch.tokens;
    int stride = qkv.outputs();
    int queries = spec.heads() * spec.headDim();
    int keys = spec.kvHeads() * spec.headDim();
    qkv.apply(kernels, x, rows, work.qkv);
    if (queryNorm != null) {
      queryNorm.applyToHeads(kernels, work.qkv, rows, stride, 0, spec.heads());
    }
    if (keyNorm != null) {
      keyNorm.applyToHeads(kernels, work.qkv, rows, stride, queries, spec.kvHeads());
    }
    if (rotary != null) {
      // Keys follow the queries in a row, so one call rotates both.
      rotary.apply(kernels, work.qkv, rows, stride, spec.heads() + spec.kvHeads(), spec.headDim());
    }
    kernels.storeKv(work.qkv, stride, queries, queries + keys, batch, cache.store(), layer);
    kernels.attention(spec, work.qkv, stride, batch, cache.store(), layer, work.attended);
    output.apply(kernels, work.attended, rows, work.branch, 0, output.outputs());
  }
}
