package dev.whit.model;

import dev.whit.kernel.Buffer;
import dev.whit.kernel.Kernels;

/**
 * Root-mean-square normalisation.
 *
 * @param weight [width]
 */
public record RmsNorm(Buffer weight, float epsilon) {
  /**
   * Normalises each row; {@code out} may be {@code x}.
   *
   * @param x [rows, width]
   * @param out [rows, width]
   */
  void apply(Kernels kernels, Buffer x, int rows, Buffer out) {
    kernels.rmsNorm(x, weight, epsilon, rows, weight.length(), out);
  }
}
