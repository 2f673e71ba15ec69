package dev.whit.kernel;

import static dev.whit.kernel.Numbers.assertEachClose;
import static dev.whit.kernel.Numbers.gaussian;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Operations that some families need and Llama does not. */
interface FamilyOperationsContract extends KernelsUnderTest {
  double TOLERANCE = 2e-6;
  int ROWS = 33;

  @ParameterizedTest
  @CsvSource({"1, 0, 1, 4", "7, 2, 1, 5", "100, 0, 4, 24", "300, 64, 2, 64", "1200, 33, 9, 128"})
  default void headNormsAreRmsNormsOfEachHead(int stride, int offset, int heads, int headDim) {
    int width = Math.max(stride, offset + heads * headDim);
    float[] x = gaussian(width, ROWS * width);
    float[] weight = gaussian(1, headDim);
    float[] expected = x.clone();
    for (int row = 0; row < ROWS; row++) {
      for (int h = 0; h < heads; h++) {
        int first = row * width + offset + h * headDim;
        float[] head = Arrays.copyOfRange(x, first, first + headDim);
        Buffer out = buffer(head);
        kernels().rmsNorm(out, buffer(weight), 1e-6f, 1, headDim, out);
        System.arraycopy(read(out), 0, expected, first, headDim);
      }
    }
    Buffer inPlace = buffer(x);
    kernels().rmsNormHeads(inPlace, buffer(weight), 1e-6f, ROWS, width, offset, heads, headDim);
    assertThat(read(inPlace)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 16, 31, 33, 64, 144, 4100})
  default void layerNormMatchesItsDefinition(int width) {
    float[] x = gaussian(width, ROWS * width);
    float[] weight = gaussian(1, width);
    float[] bias = gaussian(2, width);
    double[] expected = new double[ROWS * width];
    for (int row = 0; row < ROWS; row++) {
      double mean = 0;
      for (int i = 0; i < width; i++) {
        mean += (double) x[row * width + i] / width;
      }
      double variance = 0;
      for (int i = 0; i < width; i++) {
        variance += Math.pow(x[row * width + i] - mean, 2) / width;
      }
      for (int i = 0; i < width; i++) {
        double normed = (x[row * width + i] - mean) / Math.sqrt(variance + 1e-5f);
        expected[row * width + i] = normed * weight[i] + bias[i];
      }
    }
    Batches.RowOperation norm =
        (part, rows) -> {
          Buffer out = guarded((rows + 1) * width);
          kernels().layerNorm(buffer(part), buffer(weight), buffer(bias), 1e-5f, rows, width, out);
          return body(out, rows * width);
        };
    float[] all = norm.apply(x, ROWS);
    for (int i = 0; i < all.length; i++) {
      // Sums of operands of about 1, that may cancel.
      assertThat((double) all[i]).isBetween(expected[i] - 4e-6, expected[i] + 4e-6);
    }
    Batches.assertRowsIndependent("layer norm", x, width, all, width, norm);

    Buffer inPlace = buffer(x);
    kernels().layerNorm(inPlace, buffer(weight), buffer(bias), 1e-5f, ROWS, width, inPlace);
    assertThat(read(inPlace)).isEqualTo(all);
  }

  @Test
  default void layerNormOfRowsFarFromZeroKeepsItsDigits() {
    float[] x = {1000, 1001, 1002, 1003};
    Buffer out = guarded(4);
    kernels().layerNorm(buffer(x), buffer(1, 1, 1, 1), buffer(0, 0, 0, 0), 1e-5f, 1, 4, out);
    double unit = 1 / Math.sqrt(1.25 + 1e-5);
    assertEachClose(
        "far", read(out), new double[] {-1.5 * unit, -0.5 * unit, 0.5 * unit, 1.5 * unit}, 1e-6);
  }

  @ParameterizedTest
  @EnumSource
  default void plainActivationsAreGatedOnesWithGatesOfOne(Activation f) {
    for (int width : new int[] {1, 3, 33, 144, 1030}) {
      float[] x = gaussian(width, ROWS * width);
      float[] gateUp = new float[2 * x.length];
      Arrays.fill(gateUp, 1);
      for (int row = 0; row < ROWS; row++) {
        System.arraycopy(x, row * width, gateUp, 2 * row * width, width);
      }
      Buffer expected = guarded(x.length);
      kernels().gatedActivation(f, buffer(gateUp), ROWS, width, expected);
      Buffer actual = guarded(x.length + 3);
      actual.write(x, 0, 0, x.length);
      kernels().activation(f, actual, ROWS, width);
      assertThat(body(actual, x.length)).isEqualTo(read(expected));
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {0.5f, 12, 30})
  default void softCapMatchesItsDefinition(float cap) {
    for (int width : new int[] {1, 3, 33, 511, 1030}) {
      float[] x = gaussian(width, ROWS * width);
      for (int i = 0; i < x.length; i++) {
        x[i] *= 20;
      }
      double[] expected = new double[x.length];
      Arrays.setAll(expected, i -> cap * Math.tanh((double) x[i] / cap));
      Buffer actual = guarded(x.length + 3);
      actual.write(x, 0, 0, x.length);
      kernels().softCap(actual, cap, ROWS, width);
      assertEachClose("cap " + cap, body(actual, x.length), expected, TOLERANCE);
    }
  }

  @ParameterizedTest
  @EnumSource
  default void learnedPositionsAreAddedAtTheirOffset(FloatType type) {
    int width = 33;
    StoredMatrix table = new StoredMatrix(type, 12, width, 1);
    BatchLayout batch = new BatchLayout(4, 1, 1);
    int[] positions = {0, 9, 4};
    System.arraycopy(positions, 0, batch.positions, 0, positions.length);
    batch.tokens = positions.length;
    float[] x = gaussian(3, 4 * width);
    float[] expected = x.clone();
    for (int i = 0; i < 3 * width; i++) {
      expected[i] += table.element(positions[i / width] + 2, i % width);
    }
    Buffer actual = buffer(x);
    try (Arena arena = Arena.ofShared();
        DenseWeights weights =
            kernels().prepare(new DenseSpec(width, List.of(table.block(arena)), null))) {
      kernels().addPositions(weights, batch, 2, actual);
      assertThat(read(actual)).isEqualTo(expected);

      batch.positions[1] = 10;
      refused(() -> kernels().addPositions(weights, batch, 2, actual));
      batch.positions[1] = 9;
      refused(() -> kernels().addPositions(weights, batch, -1, actual));
      refused(() -> kernels().addPositions(weights, batch, 2, guarded(3 * width - 1)));
    }
  }

  @Test
  default void familyOperationsRefuseWhatDoesNotFit() {
    Buffer x = buffer(new float[12]);
    Buffer narrow = buffer(new float[3]);
    Buffer y = guarded(12);
    refused(() -> kernels().layerNorm(x, narrow, x, 1e-5f, 3, 4, y));
    refused(() -> kernels().layerNorm(x, x, narrow, 1e-5f, 3, 4, y));
    refused(() -> kernels().layerNorm(x, x, x, 1e-5f, 4, 4, y));
    refused(() -> kernels().rmsNormHeads(y, x, 1e-5f, 3, 4, 1, 1, 4));
    refused(() -> kernels().rmsNormHeads(y, x, 1e-5f, 4, 4, 0, 1, 4));
    refused(() -> kernels().rmsNormHeads(y, narrow, 1e-5f, 3, 4, 0, 1, 4));
    refused(() -> kernels().activation(Activation.RELU, y, 4, 4));
    refused(() -> kernels().softCap(y, 1, 4, 4));
    refused(() -> kernels().softCap(y, 0, 3, 4));
    refused(() -> kernels().softCap(y, Float.NaN, 3, 4));
    assertThat(read(y)).containsOnly(GUARD);
  }
}
