package dev.whit.kernel;

import static dev.whit.kernel.Numbers.assertEachClose;
import static dev.whit.kernel.Numbers.gaussian;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Norms, rotation, activations and moves of rows: each element within 2e-6 of its own size. */
interface RowOperationsContract extends KernelsUnderTest {
  double TOLERANCE = 2e-6;
  int ROWS = 33;

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 16, 30, 31, 33, 64, 144, 384, 4100})
  default void rmsNormMatchesItsDefinition(int width) {
    float[] x = gaussian(width, ROWS * width);
    float[] weight = gaussian(1, width);
    double[] expected = new double[ROWS * width];
    for (int r = 0; r < ROWS; r++) {
      double squares = 0;
      for (int i = 0; i < width; i++) {
        squares += Math.pow(x[r * width + i], 2);
      }
      for (int i = 0; i < width; i++) {
        expected[r * width + i] = weight[i] * x[r * width + i] / Math.sqrt(squares / width + 1e-5f);
      }
    }
    Batches.RowOperation norm =
        (part, rows) -> {
          Buffer out = guarded((rows + 1) * width);
          kernels().rmsNorm(buffer(part), buffer(weight), 1e-5f, rows, width, out);
          return body(out, rows * width);
        };
    float[] all = norm.apply(x, ROWS);
    assertEachClose("norm", all, expected, TOLERANCE);
    Batches.assertRowsIndependent("norm", x, width, all, width, norm);

    Buffer inPlace = buffer(x);
    kernels().rmsNorm(inPlace, buffer(weight), 1e-5f, ROWS, width, inPlace);
    assertThat(read(inPlace)).isEqualTo(all);
  }

  @Test
  default void rmsNormOfZerosIsZero() {
    Buffer x = buffer(new float[40]);
    kernels().rmsNorm(x, buffer(new float[] {1, 2, 3, 4, 5}), 1e-6f, 8, 5, x);
    assertThat(read(x)).containsOnly(0);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 2, 2",
    "3, 16, 16",
    "2, 24, 8",
    "4, 64, 64",
    "2, 80, 32",
    "3, 128, 128",
    "2, 9, 6",
    "1, 8, 0"
  })
  default void ropeRotatesPairsOfHalves(int heads, int headDim, int rotaryDim) {
    int stride = (heads + 2) * headDim + 1;
    int half = rotaryDim / 2;
    float[] x = gaussian(1, ROWS * stride);
    float[] cos = new float[ROWS * half];
    float[] sin = new float[ROWS * half];
    for (int i = 0; i < cos.length; i++) {
      cos[i] = (float) (1.2 * Math.cos(i));
      sin[i] = (float) (1.2 * Math.sin(i));
    }
    float[] expected = x.clone();
    for (int r = 0; r < ROWS; r++) {
      for (int h = 0; h < heads; h++) {
        for (int i = 0; i < half; i++) {
          int a = r * stride + h * headDim + i;
          double c = cos[r * half + i];
          double s = sin[r * half + i];
          expected[a] = (float) (x[a] * c - x[a + half] * s);
          expected[a + half] = (float) (x[a + half] * c + x[a] * s);
        }
      }
    }
    Buffer buffer = buffer(x);
    kernels().rope(buffer, ROWS, stride, heads, headDim, rotaryDim, buffer(cos), buffer(sin));
    float[] rotated = read(buffer);
    for (int i = 0; i < rotated.length; i++) {
      // A difference of two products: the error is of the size of the operands.
      double allowed = expected[i] == x[i] ? 0 : 1e-6;
      assertThat((double) rotated[i])
          .as("element %d", i)
          .isBetween(expected[i] - allowed, expected[i] + allowed);
    }
  }

  @ParameterizedTest
  @EnumSource
  default void gatedActivationsMatchTheirDefinition(Activation f) {
    float[] grid = new float[4001];
    for (int i = 0; i < grid.length; i++) {
      grid[i] = (i - 2000) * 0.0501f;
    }
    for (int width : new int[] {1, 3, 16, 30, 31, 33, 64, 144, 384, 4001}) {
      int rows = width == 4001 ? 1 : 9;
      float[] gate = width == 4001 ? grid : gaussian(width, rows * width);
      float[] up = gaussian(2, rows * width);
      float[] gateUp = new float[2 * rows * width];
      double[] expected = new double[rows * width];
      for (int r = 0; r < rows; r++) {
        System.arraycopy(gate, r * width, gateUp, 2 * r * width, width);
        System.arraycopy(up, r * width, gateUp, (2 * r + 1) * width, width);
        for (int i = r * width; i < (r + 1) * width; i++) {
          expected[i] = activation(f, gate[i]) * up[i];
        }
      }
      Batches.RowOperation operation =
          (part, n) -> {
            Buffer out = guarded((n + 1) * width);
            kernels().gatedActivation(f, buffer(part), n, width, out);
            return body(out, n * width);
          };
      float[] all = operation.apply(gateUp, rows);
      for (int i = 0; i < all.length; i++) {
        double allowed = TOLERANCE * Math.abs(expected[i]) + 1e-11;
        assertThat((double) all[i])
            .as("%s(%s) * %s", f, gate[i], up[i])
            .isBetween(expected[i] - allowed, expected[i] + allowed);
      }
      Batches.assertRowsIndependent(f.name(), gateUp, 2 * width, all, width, operation);
    }
  }

  @ParameterizedTest
  @EnumSource
  default void activationsPassNotANumberOn(Activation f) {
    Buffer out = guarded(2);
    kernels().gatedActivation(f, buffer(Float.NaN, 1, 1, Float.NaN), 1, 2, out);
    assertThat(read(out)).containsOnly(Float.NaN);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 16, 31, 33, 144, 4100})
  default void addAddsTheFirstValues(int length) {
    float[] x = gaussian(1, length + 2);
    float[] y = gaussian(2, length + 1);
    Buffer sum = buffer(x);
    kernels().add(sum, buffer(y), length);
    float[] expected = x.clone();
    for (int i = 0; i < length; i++) {
      expected[i] += y[i];
    }
    assertThat(read(sum)).isEqualTo(expected);
  }

  @Test
  default void gatherPicksRowsInAnyOrder() {
    float[] x = gaussian(1, 7 * 5);
    Buffer out = guarded(4 * 5);
    kernels().gatherRows(buffer(x), 5, new int[] {6, 0, 6, 99}, 3, out);
    float[] expected = new float[4 * 5];
    Arrays.fill(expected, GUARD);
    System.arraycopy(x, 30, expected, 0, 5);
    System.arraycopy(x, 0, expected, 5, 5);
    System.arraycopy(x, 30, expected, 10, 5);
    assertThat(read(out)).isEqualTo(expected);
  }

  private static double activation(Activation f, double x) {
    return switch (f) {
      case SILU -> x / (1 + Math.exp(-x));
      case RELU -> x > 0 ? x : 0;
      case GELU -> x * (0.5 + densityIntegral(x));
      // (1 + tanh u) / 2 = 1 / (1 + exp(−2u)), which keeps the digits of the negative tail.
      case GELU_TANH ->
          x / (1 + Math.exp(-2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
    };
  }

  /** ∫ from 0 to x of the normal density by Simpson's rule; ±½ from 9 on. */
  private static double densityIntegral(double x) {
    if (Math.abs(x) > 9) {
      return Math.copySign(0.5, x);
    }
    int intervals = 4000;
    double step = x / intervals;
    double sum = 0;
    for (int i = 0; i <= intervals; i++) {
      double at = i * step;
      int weight = i == 0 || i == intervals ? 1 : i % 2 == 0 ? 2 : 4;
      sum += weight * Math.exp(-0.5 * at * at);
    }
    return sum * step / 3 / Math.sqrt(2 * Math.PI);
  }
}
