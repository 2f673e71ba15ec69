package dev.whit.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whit.kernel.BinaryFactorPath;
import dev.whit.kernel.BinaryFactorSpec;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BinaryFactorProductTest {
  private final SignMemory memory = new SignMemory();
  private static final float GUARD = 12345.5f;

  private final RandomFactors random = new RandomFactors(new Random(7));

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 29, 30, 31, 60, 64, 144, 384, 1000, 1050, 1051, 2500})
  void anyInputWidth(int inputs) {
    check(random.layer(144, false, random.path(0, inputs, 24, 144, true)), 1, 2);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8, 24, 80, 184, 1088})
  void anyRank(int rank) {
    check(random.layer(144, true, random.path(0, 384, rank, 144, false)), 5, 2);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 15, 16, 17, 144, 1000, 4500})
  void anyOutputHeight(int outputs) {
    check(random.layer(outputs, true, random.path(0, 144, 80, outputs, true)), 6, 3);
  }

  @ParameterizedTest
  @CsvSource({"1,1", "2,1", "3,2", "4,1", "7,2", "16,2", "17,3", "40,2"})
  void anyNumberOfRowsAndThreads(int rows, int threads) {
    check(twoPaths(), rows, threads);
  }

  @Test
  void pathsOfDifferentRankOverTheSameOutputs() {
    check(twoPaths(), 2, 2);
  }

  @Test
  void stackedPathsWithOffsetsThatAreNoMultipleOfSixteen() {
    check(
        random.layer(
            250,
            true,
            random.path(0, 384, 80, 100, true),
            random.path(100, 384, 24, 51, false),
            random.path(151, 384, 40, 99, true)),
        6,
        3);
  }

  @Test
  void partlyOverlappingPathsAndOutputsThatNoPathCovers() {
    BinaryFactorSpec spec =
        random.layer(
            3000,
            true,
            random.path(5, 64, 24, 2400, true),
            random.path(1203, 64, 80, 1700, false),
            random.path(2990, 64, 8, 3, true));
    check(spec, 6, 2);
    check(spec, 1, 3);
  }

  @Test
  void pathsThatShareTheirInputScale() {
    float[] pre = random.values(384, 1f);
    BinaryFactorPath first = random.path(0, pre, 24, 60, true);
    BinaryFactorPath other = random.path(60, 384, 31, 60, true);
    BinaryFactorPath second = random.path(120, pre.clone(), 40, 60, true);
    BinaryFactorSpec spec = random.layer(180, false, first, other, second);
    try (WorkerTeam team = new WorkerTeam(2)) {
      assertThat(PackedFactors.of(spec, memory, team).groups()).hasSize(2);
    }
    check(spec, 5, 2);
  }

  @Test
  void aRowDoesNotDependOnTheNumberOfRowsOrThreads() {
    BinaryFactorSpec spec =
        random.layer(
            2150,
            true,
            random.path(0, 1051, 184, 2100, true),
            random.path(0, 1051, 80, 2100, true),
            random.path(2093, 1051, 1088, 57, false));
    float[] x = random.values(40 * 1051, 1f);
    float[][] alone = new float[40][];
    try (WorkerTeam team = new WorkerTeam(1)) {
      BinaryFactorProduct product = new BinaryFactorProduct(team);
      PackedFactors weights = PackedFactors.of(spec, memory, team);
      for (int row = 0; row < 40; row++) {
        alone[row] = new float[2150];
        float[] one = Arrays.copyOfRange(x, row * 1051, (row + 1) * 1051);
        product.apply(weights, one, 1, alone[row], 0, 2150);
      }
    }
    for (int threads = 1; threads <= 3; threads++) {
      try (WorkerTeam team = new WorkerTeam(threads)) {
        BinaryFactorProduct product = new BinaryFactorProduct(team);
        PackedFactors weights = PackedFactors.of(spec, memory, team);
        for (int rows = 1; rows <= 40; rows++) {
          float[] y = new float[rows * 2150];
          product.apply(weights, x, rows, y, 0, 2150);
          for (int row = 0; row < rows; row++) {
            assertThat(Arrays.copyOfRange(y, row * 2150, (row + 1) * 2150))
                .as("row %d of %d, %d threads", row, rows, threads)
                .isEqualTo(alone[row]);
          }
        }
      }
    }
  }

  @Test
  void extremeInputsStayInTheirRow() {
    BinaryFactorSpec spec = twoPaths();
    float[] x = random.values(6 * spec.inputs(), 1f);
    float[] expected = apply(spec, x, 6, 2);
    x[2 * spec.inputs() + 7] = Float.NaN;
    x[4 * spec.inputs()] = Float.POSITIVE_INFINITY;
    float[] y = apply(spec, x, 6, 2);
    for (int row = 0; row < 6; row++) {
      for (int o = 0; o < spec.outputs(); o++) {
        int at = row * spec.outputs() + o;
        if (row == 2 || row == 4) {
          assertThat(y[at]).isNotFinite();
        } else {
          assertThat(y[at]).isEqualTo(expected[at]);
        }
      }
    }
  }

  @Test
  void oneProductServesLayersOfAllSizes() {
    BinaryFactorSpec small = random.layer(17, false, random.path(0, 5, 8, 17, false));
    BinaryFactorSpec large = random.layer(1000, true, random.path(0, 1051, 184, 1000, true));
    try (WorkerTeam team = new WorkerTeam(2)) {
      BinaryFactorProduct product = new BinaryFactorProduct(team);
      for (BinaryFactorSpec spec : new BinaryFactorSpec[] {small, large, small}) {
        for (int rows : new int[] {1, 20, 2}) {
          float[] x = random.values(rows * spec.inputs(), 1f);
          float[] y = new float[rows * spec.outputs()];
          product.apply(PackedFactors.of(spec, memory, team), x, rows, y, 0, spec.outputs());
          assertClose(spec, x, rows, y, 0, spec.outputs());
        }
      }
    }
  }

  @Test
  void shapesThatDoNotFitAreRefused() {
    try (WorkerTeam team = new WorkerTeam(1)) {
      BinaryFactorProduct product = new BinaryFactorProduct(team);
      PackedFactors w =
          PackedFactors.of(random.layer(17, false, random.path(0, 5, 8, 17, false)), memory, team);
      assertThatThrownBy(() -> product.apply(w, new float[9], 2, new float[34], 0, 17))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("x has 9 values, 2 rows of 5 are needed");
      assertThatThrownBy(() -> product.apply(w, new float[10], 2, new float[33], 0, 17))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("y has 33 values, 2 rows of stride 17 are needed");
      assertThatThrownBy(() -> product.apply(w, new float[10], 2, new float[99], 4, 20))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("17 outputs from 4 do not fit a stride of 20");
      assertThatThrownBy(() -> product.apply(w, new float[10], 0, new float[99], 0, 17))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("rows is 0");
    }
  }

  @Test
  void residentBytesAreAboutThirtyTwoThirtiethsOfTheFactors() {
    try (WorkerTeam team = new WorkerTeam(2)) {
      BinaryFactorSpec spec = random.layer(960, false, random.path(0, 960, 480, 960, false));
      long factors = 2L * 960 * 480 / 8;
      long scales = 2L * 960 * Float.BYTES;
      assertThat((double) PackedFactors.of(spec, memory, team).residentBytes())
          .isBetween(factors * 1.066, factors * 1.07 + scales);
    }
  }

  private BinaryFactorSpec twoPaths() {
    return random.layer(
        200, true, random.path(0, 384, 80, 200, true), random.path(0, 384, 24, 200, true));
  }

  private float[] apply(BinaryFactorSpec spec, float[] x, int rows, int threads) {
    try (WorkerTeam team = new WorkerTeam(threads)) {
      float[] y = new float[rows * spec.outputs()];
      new BinaryFactorProduct(team)
          .apply(PackedFactors.of(spec, memory, team), x, rows, y, 0, spec.outputs());
      return y;
    }
  }

  /** Against double, with values around the outputs that must not change. */
  private void check(BinaryFactorSpec spec, int rows, int threads) {
    float[] x = random.values(rows * spec.inputs(), 1f);
    int offset = 3;
    int stride = spec.outputs() + 8;
    float[] y = new float[rows * stride + 5];
    Arrays.fill(y, GUARD);
    try (WorkerTeam team = new WorkerTeam(threads)) {
      new BinaryFactorProduct(team)
          .apply(PackedFactors.of(spec, memory, team), x, rows, y, offset, stride);
    }
    for (int i = 0; i < y.length; i++) {
      int column = i % stride - offset;
      if (i / stride >= rows || column < 0 || column >= spec.outputs()) {
        assertThat(y[i]).as("guard %d", i).isEqualTo(GUARD);
      }
    }
    assertClose(spec, x, rows, y, offset, stride);
  }

  private static void assertClose(
      BinaryFactorSpec spec, float[] x, int rows, float[] y, int offset, int stride) {
    for (int row = 0; row < rows; row++) {
      double[] scale = new double[spec.outputs()];
      double[] expected = RandomFactors.product(spec, x, row, scale);
      double error = 0;
      double size = 0;
      for (int o = 0; o < expected.length; o++) {
        double difference = y[row * stride + offset + o] - expected[o];
        assertThat(Math.abs(difference))
            .as("row %d, output %d", row, o)
            .isLessThanOrEqualTo(4e-6 * (scale[o] + Math.abs(expected[o])));
        error += difference * difference;
        size += expected[o] * expected[o];
      }
      assertThat(Math.sqrt(error)).as("row %d", row).isLessThanOrEqualTo(2e-6 * Math.sqrt(size));
    }
  }
}
