package dev.whit.kernel;

import static dev.whit.kernel.Numbers.assertClose;
import static dev.whit.kernel.Numbers.gaussian;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Linear layers in int8: the product with the rounded elements to a relative error of 1e-6, those
 * within half a step of what they were rounded from; batch-invariant bit for bit.
 */
interface Int8LinearContract extends KernelsUnderTest {
  double INT8_TOLERANCE = 1e-6;
  int INT8_ROWS = 37;

  @Test
  default void int8LayersMatchTheirDefinition() {
    int[] outputs = {1, 2, 5, 16, 33, 3, 64, 7, 130, 6};
    int[] inputs = {1, 3, 16, 30, 31, 33, 64, 144, 384, 1100};
    for (int i = 0; i < inputs.length; i++) {
      checkInt8(List.of(new StoredMatrix(FloatType.F16, outputs[i], inputs[i], i)), null);
    }
  }

  @Test
  default void int8LayersMayBeOfStackedBlocksWithABias() {
    checkInt8(
        List.of(
            new StoredMatrix(FloatType.F16, 21, 48, 1),
            new StoredMatrix(FloatType.F32, 7, 48, 2),
            new StoredMatrix(FloatType.BF16, 9, 48, 3)),
        gaussian(4, 37));
  }

  @Test
  default void int8RowsKeepTheirLargestElement() {
    // One non-zero input of 1 a row: the outputs are the elements themselves.
    StoredMatrix matrix = new StoredMatrix(FloatType.F32, 6, 40, 1);
    float[] x = new float[40 * 40];
    for (int i = 0; i < 40; i++) {
      x[i * 40 + i] = 1;
    }
    float[] elements = runInt8(List.of(matrix), null, x, 40);
    for (int o = 0; o < 6; o++) {
      float largest = 0;
      for (int i = 0; i < 40; i++) {
        largest = Math.max(largest, Math.abs(matrix.element(o, i)));
      }
      for (int i = 0; i < 40; i++) {
        float error = Math.abs(elements[i * 6 + o] - matrix.element(o, i));
        assertThat(error).isLessThanOrEqualTo(largest / 127 * 0.5001f);
      }
    }
  }

  @Test
  default void anInt8RowOfZerosGivesZero() {
    StoredMatrix zeros = new StoredMatrix(FloatType.F32, 5, 33, new byte[5 * 33 * 4]);
    assertThat(runInt8(List.of(zeros), null, gaussian(1, 33), 1)).containsOnly(0);
  }

  @Test
  default void anInt8RowWithNaNDoesNotHideIt() {
    byte[] bytes = new StoredMatrix(FloatType.BF16, 3, 33, 1).bytes().clone();
    bytes[2 * 33 + 1] = 0x7f; // the first element of the second row: 0x7fxx
    bytes[2 * 33] = (byte) 0xc0;
    bytes[2 * 33 + 1] = 0x7f;
    StoredMatrix spoilt = new StoredMatrix(FloatType.BF16, 3, 33, bytes);
    float[] y = runInt8(List.of(spoilt), null, gaussian(1, 33), 1);
    assertThat(y[0]).isFinite();
    assertThat(y[1]).isNaN();
    assertThat(y[2]).isFinite();
  }

  private void checkInt8(List<StoredMatrix> matrices, float @Nullable [] bias) {
    int inputs = matrices.getFirst().inputs();
    int outputs = matrices.stream().mapToInt(StoredMatrix::rows).sum();
    float[] x = gaussian(inputs, INT8_ROWS * inputs);
    float[] all = runInt8(matrices, bias, x, INT8_ROWS);
    String what = "int8 " + outputs + " x " + inputs;
    assertClose(what, all, int8Product(matrices, x, outputs, bias), INT8_TOLERANCE);
    Batches.assertRowsIndependent(
        what, x, inputs, all, outputs, (part, rows) -> runInt8(matrices, bias, part, rows));
  }

  private float[] runInt8(
      List<StoredMatrix> matrices, float @Nullable [] bias, float[] x, int rows) {
    int inputs = matrices.getFirst().inputs();
    Int8Weights weights;
    try (Arena arena = Arena.ofShared()) {
      weights =
          kernels()
              .quantize(
                  new DenseSpec(inputs, matrices.stream().map(m -> m.block(arena)).toList(), bias));
    }
    try (weights) { // whose memory is its own
      return Batches.runStrided(this, weights, x, rows);
    }
  }

  private static double[] int8Product(
      List<StoredMatrix> matrices, float[] x, int outputs, float @Nullable [] bias) {
    double[] y = new double[INT8_ROWS * outputs];
    for (int row = 0; row < INT8_ROWS; row++) {
      int o = row * outputs;
      for (StoredMatrix matrix : matrices) {
        for (int r = 0; r < matrix.rows(); r++, o++) {
          float largest = 0;
          for (int i = 0; i < matrix.inputs(); i++) {
            largest = Math.max(largest, Math.abs(matrix.element(r, i)));
          }
          float scale = largest / 127;
          for (int i = 0; i < matrix.inputs(); i++) {
            y[o] += Math.rint(matrix.element(r, i) / (double) scale) * x[row * matrix.inputs() + i];
          }
          y[o] = y[o] * scale + (bias == null ? 0 : bias[o - row * outputs]);
        }
      }
    }
    return y;
  }
}
