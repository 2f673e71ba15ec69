package dev.whit.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** The formulas of the rope types, evaluated here in double and written differently. */
class RotaryFrequenciesTest {
  private static final int DIM = 16;
  private static final double THETA = 10000;

  @Test
  void plainFrequenciesFallGeometrically() {
    assertFrequencies(new RopeScaling.Default(), 1, i -> plain(THETA, i));
  }

  @Test
  void linearDividesAll() {
    assertFrequencies(new RopeScaling.Linear(4), 1, i -> plain(THETA, i) / 4);
  }

  @Test
  void dynamicRaisesTheBasePastTheTrainedLength() {
    RopeScaling scaling = new RopeScaling.Dynamic(2);
    assertFrequencies(scaling, 128, i -> plain(THETA, i));
    double stretched = THETA * Math.pow(2 * 200 / 128.0 - 1, DIM / (DIM - 2.0));
    assertFrequencies(scaling, 200, i -> plain(stretched, i));
  }

  @Test
  void llama3KeepsShortWavesDividesLongOnesAndBlendsBetween() {
    RopeScaling scaling = new RopeScaling.Llama3(8, 1, 4, 64);
    assertFrequencies(
        scaling,
        1,
        i -> {
          double turns = 64 * plain(THETA, i) / (2 * Math.PI);
          double t = Math.clamp((turns - 1) / 3, 0, 1);
          return plain(THETA, i) * (t + (1 - t) / 8);
        });
  }

  @Test
  void yarnRampsBetweenTheTwoRotations() {
    double low = DIM * Math.log(64 / (2 * Math.PI * 8)) / (2 * Math.log(THETA));
    double high = DIM * Math.log(64 / (2 * Math.PI)) / (2 * Math.log(THETA));
    assertFrequencies(new RopeScaling.Yarn(4, 8, 1, 64, false, 1), 1, i -> yarn(i, low, high));
    assertFrequencies(
        new RopeScaling.Yarn(4, 8, 1, 64, true, 1),
        1,
        i -> yarn(i, Math.floor(low), Math.ceil(high)));
  }

  @Test
  void longropeSwitchesPastTheOriginalLength() {
    float[] shortFactors = {1, 1, 1, 1, 1, 1, 1, 1.5f};
    float[] longFactors = {1, 2, 3, 4, 5, 6, 7, 8};
    RopeScaling scaling = new RopeScaling.LongRope(shortFactors, longFactors, 64, 1.25);
    assertFrequencies(scaling, 64, i -> plain(THETA, i) / shortFactors[i]);
    assertFrequencies(scaling, 65, i -> plain(THETA, i) / longFactors[i]);
    assertThat(RotaryFrequencies.attentionFactor(scaling)).isEqualTo(1.25f);
  }

  @Test
  void lengthsThatRotateAlikeHaveTheSameChoice() {
    RopeScaling dynamic = new RopeScaling.Dynamic(2);
    assertThat(choice(dynamic, 5))
        .isEqualTo(choice(dynamic, 128))
        .isNotEqualTo(choice(dynamic, 129));
    assertThat(choice(dynamic, 130)).isNotEqualTo(choice(dynamic, 129));
    float[] factors = new float[DIM / 2];
    RopeScaling longRope = new RopeScaling.LongRope(factors, factors, 64, 1);
    assertThat(choice(longRope, 64))
        .isEqualTo(choice(longRope, 1))
        .isNotEqualTo(choice(longRope, 65));
    assertThat(choice(longRope, 65)).isEqualTo(choice(longRope, 999));
    assertThat(choice(new RopeScaling.Linear(2), 1))
        .isEqualTo(choice(new RopeScaling.Linear(2), 999));
  }

  private static int choice(RopeScaling scaling, int length) {
    return RotaryFrequencies.choice(new RopeConfig(THETA, DIM, 128, scaling), length);
  }

  @Test
  void exponentsUseTheRotatedPartOfAHead() {
    float[] half = new float[DIM / 4];
    RotaryFrequencies.compute(
        new RopeConfig(THETA, DIM / 2, 128, new RopeScaling.Default()), 1, half);
    assertThat(half[1]).isCloseTo((float) Math.pow(THETA, -2.0 / (DIM / 2)), within(1e-7f));
  }

  private interface Frequency {
    double at(int i);
  }

  private static double plain(double theta, int i) {
    return Math.exp(-Math.log(theta) * 2 * i / DIM);
  }

  private static double yarn(int i, double low, double high) {
    double ramp = Math.clamp((i - low) / (high - low), 0, 1);
    return plain(THETA, i) * (ramp / 4 + 1 - ramp);
  }

  private static void assertFrequencies(RopeScaling scaling, int length, Frequency expected) {
    float[] actual = new float[DIM / 2];
    RotaryFrequencies.compute(new RopeConfig(THETA, DIM, 128, scaling), length, actual);
    for (int i = 0; i < actual.length; i++) {
      assertThat((double) actual[i])
          .as("%s at %d, frequency %d", scaling.type(), length, i)
          .isCloseTo(expected.at(i), within(3e-7 * expected.at(i)));
    }
  }
}
