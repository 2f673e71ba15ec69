package dev.whit.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.whit.kernel.Buffer;
import dev.whit.kernel.cpu.ScalarKernels;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RotaryEmbeddingTest {
  private static final int DIM = 4;
  private static final int ROWS = 3;

  private final ScalarKernels kernels = new ScalarKernels();
  private final Resources resources = new Resources();

  @AfterEach
  void close() {
    resources.close();
    kernels.close();
  }

  @Test
  void everySequenceTurnsByItsOwnLength() {
    RopeScaling.LongRope scaling =
        new RopeScaling.LongRope(new float[] {1, 1}, new float[] {2, 4}, 10, 1.5);
    RotaryEmbedding rotary =
        new RotaryEmbedding(new RopeConfig(100, DIM, 40, scaling), ROWS, kernels, resources);
    // Two tokens of a short sequence, one of a long one, all before the original length.
    ForwardBatch batch = new ForwardBatch(ROWS, 2, 1);
    batch.layout.tokens = ROWS;
    batch.layout.sequences = 2;
    batch.layout.queryStart[1] = 2;
    batch.layout.queryStart[2] = 3;
    batch.layout.positions[0] = 3;
    batch.layout.positions[1] = 4;
    batch.layout.positions[2] = 4;
    batch.ropeLength[0] = 10;
    batch.ropeLength[1] = 11;
    rotary.update(batch);
    // θ = 100 and 4 rotated elements: inverse frequencies 1 and 0.1 before their divisors.
    float[] rotated = rotateOnes(rotary);
    assertRow(rotated, 0, 3 * 1.0, 3 * 0.1);
    assertRow(rotated, 1, 4 * 1.0, 4 * 0.1);
    assertRow(rotated, 2, 4 / 2.0, 4 * 0.1 / 4);
  }

  /** Rows of one head (1, 1, 0, 0): what turns into (cos, cos, sin, sin). */
  private float[] rotateOnes(RotaryEmbedding rotary) {
    float[] values = {1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0};
    Buffer x = resources.add(kernels.allocate(values.length));
    x.write(values, 0, 0, values.length);
    rotary.apply(kernels, x, ROWS, DIM, 1, DIM);
    x.read(0, values, 0, values.length);
    return values;
  }

  private static void assertRow(float[] rotated, int row, double first, double second) {
    double[] expected = {Math.cos(first), Math.cos(second), Math.sin(first), Math.sin(second)};
    for (int i = 0; i < DIM; i++) {
      assertThat((double) rotated[row * DIM + i])
          .as("row %d, element %d", row, i)
          .isCloseTo(1.5 * expected[i], within(1e-6));
    }
  }
}
