package dev.whit.kernel;

/** Activation functions of feed-forward layers. */
public enum Activation {
  /** x · sigmoid(x), also called swish. */
  SILU,
  /** max(x, 0). */
  RELU,
  /** x · Φ(x), by erf. */
  GELU,
  /** 0.5x(1 + tanh(√(2/π)(x + 0.044715x³))). */
  GELU_TANH
}
