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

  /** [tokens, embedding] Embeddings on their way to the residual stream; it, where as wide. */
  final Buffer embedded;

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

  /** [tokens, 2·intermediate], empty without a gate. */
  final Buffer gateUp;

  /** [tokens, intermediate] */
  final Buffer activated;

  /** [logitRows, hidden] The last hidden states of some rows. */
  final Buffer lastHidden;

  /** [logitRows, embedding] What the head reads; the last hidden states, where as wide. */
  final Buffer headInput;

  /** [logitRows, vocabulary] */
  final Buffer logits;

  Workspace(ModelConfig config, int maxTokens, Kernels kernels, Resources resources) {
    hiddenSize = config.hiddenSize();
    logitRows = logitRows(config, maxTokens);
    boolean projected = isProjected(config);
    hidden = allocate(kernels, resources, maxTokens, hiddenSize);
    embedded = projected ? allocate(kernels, resources, maxTokens, config.embeddingSize()) : hidden;
    normed = allocate(kernels, resources, maxTokens, hiddenSize);
    branch = allocate(kernels, resources, maxTokens, hiddenSize);
    qkv = allocate(kernels, resources, maxTokens, config.qkvWidth());
    attended = allocate(kernels, resources, maxTokens, config.queryWidth());
    gateUp = allocate(kernels, resources, maxTokens, gateUpWidth(config));
    activated = allocate(kernels, resources, maxTokens, config.intermediateSize());
    lastHidden = allocate(kernels, resources, logitRows, hiddenSize);
    headInput =
        projected ? allocate(kernels, resources, logitRows, config.embeddingSize()) : lastHidden;
    logits = allocate(kernels, resources, logitRows, config.vocabSize());
  }

  private static boolean isProjected(ModelConfig config) {
    return config.embeddingSize() != config.hiddenSize();
  }

  private static int gateUpWidth(ModelConfig config) {
    return config.gated() ? config.upWidth() : 0;
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
    int projected = isProjected(config) ? config.embeddingSize() : 0;
    long rotary = config.ropes().stream().mapToLong(RopeConfig::rotaryDim).sum();
    long perToken =
        3L * config.hiddenSize()
            + projected
            + config.qkvWidth()
            + config.queryWidth()
            + gateUpWidth(config)
            + config.intermediateSize()
            + rotary;
    long perLogitRow = (long) config.hiddenSize() + projected + config.vocabSize();
    return Float.BYTES * (perToken * maxTokens + perLogitRow * logitRows(config, maxTokens));
  }
}
