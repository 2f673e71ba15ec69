package dev.whit.kernel.cpu;

import dev.whit.kernel.Weights;

/** The check of a linear layer's arguments against its weights, for both kinds of weights. */
final class LinearShape {
  private LinearShape() {}

  /**
   * Checks that {@code rows} rows of x and y lie within their arrays.
   *
   * @throws IllegalArgumentException if they do not
   */
  static void check(Weights w, int xLength, int rows, int yLength, int yOffset, int yStride) {
    if (rows < 1) {
      throw new IllegalArgumentException("rows is " + rows);
    }
    if ((long) rows * w.inputs() > xLength) {
      throw new IllegalArgumentException(
          "x has " + xLength + " values, " + rows + " rows of " + w.inputs() + " are needed");
    }
    if (yOffset < 0 || (long) yOffset + w.outputs() > yStride) {
      throw new IllegalArgumentException(
          w.outputs() + " outputs from " + yOffset + " do not fit a stride of " + yStride);
    }
    if ((rows - 1L) * yStride + yOffset + w.outputs() > yLength) {
      throw new IllegalArgumentException(
          "y has " + yLength + " values, " + rows + " rows of stride " + yStride + " are needed");
    }
  }
}
