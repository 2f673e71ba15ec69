package dev.whit.kernel;

import static dev.whit.kernel.Numbers.assertClose;
import static dev.whit.kernel.Numbers.gaussian;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Factorised linear layers: relative error at most 2e-6, batch-invariant bit for bit. */
interface BinaryLinearContract extends KernelsUnderTest {
  double TOLERANCE = 2e-6;
  int ROWS = 33;

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 16, 30, 31, 33, 64, 144, 384})
  default void factorisedLayersMatchTheirDefinition(int inputs) {
    int[] outputs = {1, 17, 33, 144};
    int[] ranks = {8, 24, 80, 184};
    for (int i = 0; i < ranks.length; i++) {
      RandomFactors factors =
          new RandomFactors(inputs, inputs, outputs[i]).path(0, outputs[i], ranks[i], i % 2 == 0);
      check(i > 1 ? factors.bias() : factors);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 5, 3", "9, 16, 1", "64, 130, 33", "150, 512, 160", "1000, 700, 296"})
  default void ranksNeedNoAlignment(int inputs, int outputs, int rank) {
    check(new RandomFactors(rank, inputs, outputs).path(0, outputs, rank, true));
  }

  @Test
  default void residualPathsAddUp() {
    check(new RandomFactors(1, 144, 100).path(0, 100, 24, true).path(0, 100, 80, true).bias());
  }

  @Test
  default void stackedLayersWriteTheirOwnOutputs() {
    check(
        new RandomFactors(2, 96, 70)
            .path(0, 37, 40, true)
            .path(37, 17, 8, false)
            .path(54, 16, 24, true)
            .path(0, 37, 8, true)
            .path(54, 16, 16, false));
  }

  @Test
  default void pathsMayOverlapInPartAndLeaveOutputsUncovered() {
    check(new RandomFactors(3, 48, 90).path(5, 40, 16, true).path(20, 50, 24, false).bias());
    check(new RandomFactors(4, 48, 90).path(5, 40, 16, true).path(20, 50, 24, false));
  }

  @ParameterizedTest
  @EnumSource
  default void salientColumnsAreAdded(FloatType type) {
    check(new RandomFactors(7, 96, 70).path(0, 70, 40, true).salient(0, 70, 11, type));
    check(
        new RandomFactors(8, 150, 90)
            .path(0, 60, 40, true)
            .path(60, 30, 8, false)
            .salient(60, 30, 1, type)
            .salient(0, 60, 40, FloatType.F16)
            .bias());
    check(new RandomFactors(9, 3, 20).path(0, 20, 32, true).salient(0, 20, 3, type));
  }

  @Test
  default void preparedFactorsDoNotReadTheCheckpointAgain() {
    RandomFactors factors =
        new RandomFactors(5, 64, 32).path(0, 32, 24, true).salient(0, 32, 5, FloatType.F16);
    BinaryFactorSpec spec = factors.spec();
    try (BinaryFactorWeights weights = kernels().prepare(spec)) {
      spec.paths().getFirst().v().words().fill((byte) 0);
      spec.paths().getFirst().u().words().fill((byte) 0);
      spec.salient().getFirst().weights().data().fill((byte) 0);
      float[] x = gaussian(5, 64);
      assertClose("product", run(weights, x, 1), factors.product(x, 1), TOLERANCE);
    }
  }

  @Test
  default void bitsPastTheLastColumnAreNotUsed() {
    RandomFactors factors = new RandomFactors(6, 35, 20).path(0, 20, 40, true);
    BinaryFactorSpec spec = factors.spec();
    BinaryFactorPath path = spec.paths().getFirst();
    for (int r = 0; r < path.v().rows(); r++) {
      // Columns 35 to 63: bytes 5 to 7 of a row's two words, and the high bits of byte 4.
      path.v().words().asSlice(r * 8L + 5, 3).fill((byte) 0xFF);
      byte mixed = path.v().words().get(JAVA_BYTE, r * 8L + 4);
      path.v().words().set(JAVA_BYTE, r * 8L + 4, (byte) (mixed | 0xF8));
    }
    float[] x = gaussian(6, 35);
    try (BinaryFactorWeights weights = kernels().prepare(spec)) {
      assertClose("product", run(weights, x, 1), factors.product(x, 1), TOLERANCE);
    }
  }

  /** Checks values, guards and batch invariance of a layer for 1 to 9 and 33 rows. */
  private void check(RandomFactors factors) {
    BinaryFactorSpec spec = factors.spec();
    float[] x = gaussian(spec.inputs(), ROWS * spec.inputs());
    try (BinaryFactorWeights weights = kernels().prepare(spec)) {
      assertThat(weights.inputs()).isEqualTo(spec.inputs());
      assertThat(weights.outputs()).isEqualTo(spec.outputs());
      float[] all = run(weights, x, ROWS);
      String what =
          spec.inputs() + " -> " + spec.paths().getFirst().rank() + " -> " + spec.outputs();
      assertClose(what, all, factors.product(x, ROWS), TOLERANCE);
      Batches.assertRowsIndependent(
          what, x, spec.inputs(), all, spec.outputs(), (part, rows) -> run(weights, part, rows));
    }
  }

  /** Runs a layer into the middle of wider rows and returns its outputs, [rows, outputs]. */
  private float[] run(Weights weights, float[] x, int rows) {
    return Batches.runStrided(this, weights, x, rows);
  }
}
