package dev.whit.model.loading;

/**
 * Largest sizes a configuration may give: far above any model there is, and such that the product
 * of two of them fits an int or a long.
 */
final class Limits {
  static final int WIDTH = 1 << 20;
  static final int VOCAB = 1 << 24;
  static final int LAYERS = 4096;
  static final int HEADS = 4096;
  static final int HEAD_DIM = 4096;
  static final int POSITIONS = 1 << 28;

  private Limits() {}
}
