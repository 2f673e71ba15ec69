package dev.whit.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;

/** Random values, and comparison with what they should give. */
final class Numbers {
  private Numbers() {}

  /** Values of a normal distribution, each seed its own. */
  static float[] gaussian(long seed, int length) {
    Random random = new Random(seed);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /**
   * Requires ‖actual − expected‖ ≤ tolerance · ‖expected‖ in the Euclidean norm, and no element to
   * be further off than 8 times what that allows on average.
   */
  static void assertClose(String what, float[] actual, double[] expected, double tolerance) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    double squares = 0;
    double error = 0;
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      double difference = actual[i] - expected[i];
      squares += expected[i] * expected[i];
      error += difference * difference;
      worst = Math.max(worst, Math.abs(difference));
    }
    double norm = Math.sqrt(squares);
    assertThat(Math.sqrt(error)).as("%s: error norm", what).isLessThanOrEqualTo(tolerance * norm);
    assertThat(worst)
        .as("%s: worst element", what)
        .isLessThanOrEqualTo(8 * tolerance * norm / Math.sqrt(expected.length));
  }

  /** Requires each element to be within {@code tolerance} of its own size. */
  static void assertEachClose(String what, float[] actual, double[] expected, double tolerance) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      double allowed = tolerance * Math.abs(expected[i]) + Float.MIN_NORMAL;
      assertThat(Math.abs(actual[i] - expected[i]))
          .as("%s: element %d is %s, expected %s", what, i, actual[i], expected[i])
          .isLessThanOrEqualTo(allowed);
    }
  }
}
