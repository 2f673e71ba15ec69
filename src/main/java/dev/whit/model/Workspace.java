package dev.whit.model;

import dev.whit.kernel.Buffer;
import dev.whit.kernel.Kernels;

/** The activations of one step: buffers of fixed size, allocated once, reused by every layer. */
final class Workspace {
  /** Values in the logits buffer: 16 MiB, so 32 rows of a vocabulary of 128k. */
  private static final int LOGIT_VALUES = 1 << 22;

  final int hiddenSize;

  /** Rows that fit the logits buffer. */
  final int logitRows;

  /** [tokens, hidden] The residual stream. */
  final Buffer hidden;

  /** [tokens, hidden] A normalised copy of it: the input of a branch. */
  final Buffer normed;

  /** [tokens, hidden] The output of a branch. */
  final Buffer branch;

  /** [tokens, (heads + 2·kvHeads)·headDim] */
  final Buffer qkv;

  /** [tokens, heads·headDim] The output of attention before its projection. */
  final Buffer attended;

  /** [tokens, 2·intermediate] */
  final Buffer gateUp;

  /** [tokens, intermediate] */
  final Buffer gated;

  /** [logitRows, hidden] */
  final Buffer headInput;

  /** [logitRows, vocabulary] */
  final Buffer logits;

  Workspace(ModelConfig config, int maxTokens, Kernels kernels, Resources resources) {
    hiddenSize = config.hiddenSize();
    logitRows = logitRows(config, maxTokens);
    hidden = allocate(kernels, resources, maxTokens, hiddenSize);
    normed = allocate(kernels, resources, maxTokens, hiddenSize);
    branch = allocate(kernels, resources, maxTokens, hiddenSize);
    qkv = allocate(kernels, resources, maxTokens, config.qkvWidth());
    attended = allocate(kernels, resources, maxTokens, config.queryWidth());
    gateUp = allocate(kernels, resources, maxTokens, 2 * config.intermediateSize());
    gated = allocate(kernels, resources, maxTokens, config.intermediateSize());
    headInput = allocate(kernels, resources, logitRows, hiddenSize);
    logits = allocate(kernels, resources, logitRows, config.vocabSize());
  }

  private static Buffer allocate(Kernels kernels, Resources resources, int rows, int width) {
    return resources.add(kernels.allocate(Math.multiplyExact(rows, width)));
  }

  /** Rows of logits computed at a time, at least one. */
  private static int logitRows(ModelConfig config, int maxTokens) {
    return Math.clamp(LOGIT_VALUES / config.vocabSize(), 1, maxTokens);
  }

  /** Bytes of the buffers of a session, cos and sin rows included. */
  static long bytes(ModelConfig config, int maxTokens) {
    long rotary =
        config.layers().stream()
            .map(LayerConfig::rope)
            .distinct()
            .mapToLong(RopeConfig::rotaryDim)
            .sum();
    long perToken =
        3L * config.hiddenSize()
            + config.qkvWidth()
            + config.queryWidth()
            + 3L * config.intermediateSize()
            + rotary;
    long perLogitRow = (long) config.hiddenSize() + config.vocabSize();
    return Float.BYTES * (perToken * maxTokens + perLogitRow * logitRows(config, maxTokens));
  }
}
