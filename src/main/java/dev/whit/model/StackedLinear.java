package dev.whit.model;

import dev.whit.kernel.Buffer;
import dev.whit.kernel.Kernels;
import java.util.List;

/**
 * Projections of one input whose outputs lie side by side (q‖k‖v, gate‖up). Neighbours of the same
 * kind are one {@link LinearLayer}, merged at load; a checkpoint that mixes kinds has several.
 */
public final class StackedLinear {
  private final LinearLayer[] parts;
  private final int outputs;

  /** Projections in the order of their outputs. */
  public StackedLinear(List<LinearLayer> parts) {
    this.parts = parts.toArray(LinearLayer[]::new);
    int inputs = parts.getFirst().inputs();
    int width = 0;
    for (LinearLayer part : parts) {
      if (part.inputs() != inputs) {
        throw new IllegalArgumentException(
            "a projection of " + part.inputs() + " inputs beside one of " + inputs);
      }
      width = Math.addExact(width, part.outputs());
    }
    outputs = width;
  }

  /** Number of outputs of all projections together. */
  public int outputs() {
    return outputs;
  }

  /**
   * Applies every projection.
   *
   * @param x [rows, inputs]
   * @param y [rows, outputs]
   */
  void apply(Kernels kernels, Buffer x, int rows, Buffer y) {
    int offset = 0;
    for (LinearLayer part : parts) {
      part.apply(kernels, x, rows, y, offset, outputs);
      offset += part.outputs();
    }
  }
}
