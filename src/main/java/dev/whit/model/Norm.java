package dev.whit.model;

import dev.whit.kernel.Buffer;
import dev.whit.kernel.Kernels;

/** A normalisation of the residual stream. */
public sealed interface Norm permits RmsNorm, LayerNorm {
  /**
   * Normalises each row; {@code out} may be {@code x}.
   *
   * @param x [rows, width]
   * @param out [rows, width]
   */
  void apply(Kernels kernels, Buffer x, int rows, Buffer out);
}
