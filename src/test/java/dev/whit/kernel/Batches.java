package dev.whit.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;

/** Batch invariance, stated once: a row's result is the same bits in every batch. */
final class Batches {
  private static final int OFFSET = 3;
  private static final int MARGIN = 5;

  private Batches() {}

  /** An operation on {@code rows} rows. */
  @FunctionalInterface
  interface RowOperation {
    float[] apply(float[] x, int rows);
  }

  /** Requires batches of 1 to 9 rows, and each row alone, to give the bits they gave among all. */
  static void assertRowsIndependent(
      String what, float[] x, int width, float[] all, int outWidth, RowOperation operation) {
    int rows = x.length / width;
    for (int n = 1; n <= Math.min(9, rows); n++) {
      assertThat(operation.apply(Arrays.copyOf(x, n * width), n))
          .as("%s: first %d of %d rows", what, n, rows)
          .isEqualTo(Arrays.copyOf(all, n * outWidth));
    }
    for (int row = 1; row < rows; row++) {
      assertThat(operation.apply(Arrays.copyOfRange(x, row * width, (row + 1) * width), 1))
          .as("%s: row %d alone", what, row)
          .isEqualTo(Arrays.copyOfRange(all, row * outWidth, (row + 1) * outWidth));
    }
  }

  /**
   * Runs a linear layer into the middle of wider rows, requires everything around its outputs to be
   * left alone, and returns its outputs, [rows, outputs].
   */
  static float[] runStrided(KernelsUnderTest test, Weights weights, float[] x, int rows) {
    int outputs = weights.outputs();
    int stride = OFFSET + outputs + MARGIN;
    Buffer y = test.guarded((rows + 1) * stride);
    test.kernels().linear(weights, test.buffer(x), rows, y, OFFSET, stride);
    float[] values = test.read(y);
    float[] result = new float[rows * outputs];
    for (int row = 0; row < rows; row++) {
      int first = row * stride + OFFSET;
      System.arraycopy(values, first, result, row * outputs, outputs);
      Arrays.fill(values, first, first + outputs, KernelsUnderTest.GUARD);
    }
    assertThat(values).as("around the outputs").containsOnly(KernelsUnderTest.GUARD);
    return result;
  }
}
