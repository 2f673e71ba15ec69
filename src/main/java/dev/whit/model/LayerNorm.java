package dev.whit.model;

import dev.whit.kernel.Buffer;
import dev.whit.kernel.Kernels;

/**
 * Layer normalisation.
 *
 * @param weight [width]
 * @param bias [width]
 */
public record LayerNorm(Buffer weight, Buffer bias, float epsilon) implements Norm {
  @Override
  public void apply(Kernels kernels, Buffer x, int rows, Buffer out) {
    kernels.layerNorm(x, weight, bias, epsilon, rows, weight.length(), out);
  }
}
