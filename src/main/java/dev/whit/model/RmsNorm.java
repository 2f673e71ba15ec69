package dev.whit.model;

import dev.whit.kernel.Buffer;
import dev.whit.kernel.Kernels;

/**
 * Root-mean-square normalisation.
 *
 * @param weight [width]
 */
public record RmsNorm(Buffer weight, float epsilon) implements Norm {
  @Override
  public void apply(Kernels kernels, Buffer x, int rows, Buffer out) {
    kernels.rmsNorm(x, weight, epsilon, rows, weight.length(), out);
  }

  /** Normalises {@code heads} heads of each row from {@code offset}, in place. */
  void applyToHeads(Kernels kernels, Buffer x, int rows, int stride, int offset, int heads) {
    kernels.rmsNormHeads(x, weight, epsilon, rows, stride, offset, heads, weight.length());
  }
}
