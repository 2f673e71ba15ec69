package dev.whit.kernel;

import static dev.whit.kernel.Numbers.assertClose;
import static dev.whit.kernel.Numbers.gaussian;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Dense linear layers and embeddings: relative error at most 1e-6, batch-invariant bit for bit. */
interface DenseLinearContract extends KernelsUnderTest {
  double TOLERANCE = 1e-6;
  int ROWS = 33;

  @ParameterizedTest
  @EnumSource
  default void denseLayersMatchTheirDefinition(FloatType type) {
    int[] outputs = {1, 2, 5, 16, 33, 3, 64, 7, 130};
    int[] inputs = {1, 3, 16, 30, 31, 33, 64, 144, 384};
    for (int i = 0; i < inputs.length; i++) {
      check(List.of(new StoredMatrix(type, outputs[i], inputs[i], i)), inputs[i], null);
    }
  }

  @Test
  default void stackedBlocksMayDifferInType() {
    check(
        List.of(
            new StoredMatrix(FloatType.F16, 20, 48, 1),
            new StoredMatrix(FloatType.F32, 7, 48, 2),
            new StoredMatrix(FloatType.BF16, 9, 48, 3)),
        48,
        gaussian(4, 36));
  }

  @ParameterizedTest
  @EnumSource
  default void subnormalAndExtremeElementsAreExact(FloatType type) {
    // One non-zero input of 1 a row: the output is the element itself.
    StoredMatrix matrix = StoredMatrix.extremes(type, 40);
    float[] x = new float[40 * 40];
    for (int i = 0; i < 40; i++) {
      x[i * 40 + i] = 1;
    }
    try (Arena arena = Arena.ofShared();
        DenseWeights weights =
            kernels().prepare(new DenseSpec(40, List.of(matrix.block(arena)), null))) {
      float[] y = Batches.runStrided(this, weights, x, 40);
      for (int i = 0; i < 40; i++) {
        assertThat(y[i]).as("element %d", i).isEqualTo(matrix.element(0, i));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  default void embeddingsAreScaledRowsOfTheTable(FloatType type) {
    for (int width : new int[] {1, 16, 33, 144}) {
      StoredMatrix first = new StoredMatrix(type, 30, width, 1);
      StoredMatrix second = new StoredMatrix(FloatType.F32, 12, width, 2);
      BatchLayout batch = new BatchLayout(8, 1, 1);
      int[] ids = {0, 41, 29, 30, 7, 7};
      System.arraycopy(ids, 0, batch.tokenIds, 0, ids.length);
      batch.tokens = ids.length;
      Buffer out = guarded(7 * width);
      try (Arena arena = Arena.ofShared();
          DenseWeights table =
              kernels()
                  .prepare(
                      new DenseSpec(
                          width, List.of(first.block(arena), second.block(arena)), null))) {
        kernels().embed(table, batch, 1.5f, out);
      }
      float[] expected = new float[7 * width];
      Arrays.fill(expected, GUARD);
      for (int t = 0; t < ids.length; t++) {
        for (int i = 0; i < width; i++) {
          float element = ids[t] < 30 ? first.element(ids[t], i) : second.element(ids[t] - 30, i);
          expected[t * width + i] = 1.5f * element;
        }
      }
      assertThat(read(out)).isEqualTo(expected);
    }
  }

  private void check(List<StoredMatrix> matrices, int inputs, float @Nullable [] bias) {
    float[] x = gaussian(inputs, ROWS * inputs);
    try (Arena arena = Arena.ofShared();
        DenseWeights weights =
            kernels()
                .prepare(
                    new DenseSpec(
                        inputs, matrices.stream().map(m -> m.block(arena)).toList(), bias))) {
      int outputs = matrices.stream().mapToInt(StoredMatrix::rows).sum();
      assertThat(weights.inputs()).isEqualTo(inputs);
      assertThat(weights.outputs()).isEqualTo(outputs);
      float[] all = Batches.runStrided(this, weights, x, ROWS);
      String what = matrices.getFirst().type() + " " + outputs + " x " + inputs;
      assertClose(what, all, product(matrices, x, inputs, outputs, bias), TOLERANCE);
      Batches.assertRowsIndependent(
          what,
          x,
          inputs,
          all,
          outputs,
          (part, rows) -> Batches.runStrided(this, weights, part, rows));
    }
  }

  private static double[] product(
      List<StoredMatrix> matrices, float[] x, int inputs, int outputs, float @Nullable [] bias) {
    double[] y = new double[ROWS * outputs];
    for (int row = 0; row < ROWS; row++) {
      int o = row * outputs;
      for (StoredMatrix matrix : matrices) {
        for (int r = 0; r < matrix.rows(); r++, o++) {
          y[o] = bias == null ? 0 : bias[o - row * outputs];
          for (int i = 0; i < inputs; i++) {
            y[o] += (double) matrix.element(r, i) * x[row * inputs + i];
          }
        }
      }
    }
    return y;
  }
}
