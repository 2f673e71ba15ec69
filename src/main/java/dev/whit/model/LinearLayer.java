package dev.whit.model;

import dev.whit.kernel.Buffer;
import dev.whit.kernel.Kernels;
import dev.whit.kernel.Weights;

/** A linear layer with its optional bias, in one of the forms that checkpoints come in. */
public sealed interface LinearLayer extends AutoCloseable
    permits DenseLinear, Int8Linear, BinaryFactorLinear {
  /** What the kernels multiply with. */
  Weights weights();

  /** Number of inputs. */
  default int inputs() {
    return weights().inputs();
  }

  /** Number of outputs. */
  default int outputs() {
    return weights().outputs();
  }

  /**
   * {@code y[row, yOffset…] = layer(x[row])} for each row.
   *
   * @param x [rows, inputs]
   * @param y rows of {@code yStride} values
   */
  default void apply(Kernels kernels, Buffer x, int rows, Buffer y, int yOffset, int yStride) {
    kernels.linear(weights(), x, rows, y, yOffset, yStride);
  }

  @Override
  default void close() {
    weights().close();
  }
}
