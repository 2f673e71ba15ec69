package dev.whit.experiment.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StatisticsTest {
  private static final double ALPHA = 0.05;

  private static Moments moments(long seed, int count, double mean, double deviation) {
    SplittableRandom random = new SplittableRandom(seed);
    Moments moments = Moments.NONE;
    for (int i = 0; i < count; i++) {
      moments = moments.plus(mean + deviation * random.nextGaussian());
    }
    return moments;
  }

  @Test
  void momentsAreThoseOfAllObservations() {
    Moments whole = Moments.NONE;
    Moments left = Moments.NONE;
    Moments right = Moments.NONE;
    for (double x : new double[] {1, 2, 4, 8, 16}) {
      whole = whole.plus(x);
      left = x < 3 ? left.plus(x) : left;
      right = x < 3 ? right : right.plus(x);
    }

    assertThat(whole.mean()).isCloseTo(6.2, within(1e-12));
    assertThat(whole.variance()).isCloseTo(37.2, within(1e-12));
    Moments joined = left.plus(right).plus(Moments.NONE);
    assertThat(joined.count()).isEqualTo(5);
    assertThat(joined.mean()).isCloseTo(6.2, within(1e-12));
    assertThat(joined.variance()).isCloseTo(37.2, within(1e-12));
    assertThat(Moments.NONE.plus(Moments.NONE)).isEqualTo(Moments.NONE);
    assertThat(Moments.NONE.plus(3).variance()).isZero();
  }

  @Test
  void aFewObservationsSayNothing() {
    MeanComparison comparison = new MeanComparison(ALPHA);
    Moments few = moments(1, MeanComparison.MIN_COUNT - 1, 1, 0.1);
    Moments many = moments(2, 10_000, 100, 0.1);

    assertThat(comparison.difference(few, many)).isEqualTo(Interval.ALL);
    assertThat(comparison.ratio(few, many)).isEqualTo(new Interval(0, Double.POSITIVE_INFINITY));
    assertThat(comparison.evidence(few, many)).isEqualTo(1);
    assertThat(comparison.minimumDetectableEffect(few, many)).isInfinite();
  }

  /** {@code evidence ≥ 1/α} exactly where the interval excludes 0. */
  @Test
  void evidenceAndIntervalAgree() {
    MeanComparison comparison = new MeanComparison(ALPHA);
    for (int i = 0; i < 200; i++) {
      Moments a = moments(i, 150 + 40 * i, 1, 0.5);
      Moments b = moments(1000 + i, 200 + 10 * i, 1 + i * 0.001, 0.7);
      assertThat(comparison.evidence(a, b) > 1 / ALPHA)
          .isEqualTo(!comparison.difference(a, b).contains(0));
    }
  }

  @Test
  void theIntervalHoldsMoreThanOneOfAFixedSize() {
    Moments a = moments(1, 2000, 1, 1);
    Moments b = moments(2, 2000, 1, 1);
    Interval interval = new MeanComparison(ALPHA).difference(a, b);
    double fixed = 2 * 1.96 * Math.sqrt(2.0 / 2000);

    assertThat(interval.high() - interval.low()).isBetween(1.3 * fixed, 2 * fixed);
    assertThat(new MeanComparison(0.01).difference(a, b).high()).isGreaterThan(interval.high());
  }

  @Test
  void aRatioIsWhereTheDifferenceMayBeZero() {
    MeanComparison comparison = new MeanComparison(ALPHA);
    Moments a = moments(1, 3000, 2, 0.3);
    Moments b = moments(2, 1000, 1, 0.3);
    Interval ratio = comparison.ratio(a, b);

    assertThat(ratio.contains(a.mean() / b.mean())).isTrue();
    assertThat(ratio.low()).isBetween(1.8, 2.0);
    assertThat(ratio.high()).isBetween(2.0, 2.2);
    Interval inverse = comparison.ratio(b, a);
    assertThat(inverse.low()).isCloseTo(1 / ratio.high(), within(2e-3));
    // Where the denominator may be 0, the ratio has no upper end.
    assertThat(comparison.ratio(a, moments(3, 200, 0.1, 3)).high())
        .isEqualTo(Double.POSITIVE_INFINITY);
  }

  @Test
  void observationsThatAreAllTheSameHaveNoSpread() {
    Moments ones = new Moments(500, 1, 0);

    assertThat(new MeanComparison(ALPHA).difference(ones, ones)).isEqualTo(new Interval(0, 0));
    assertThat(new MeanComparison(ALPHA).evidence(ones, ones)).isEqualTo(1);
  }

  @Test
  void whatIsFoundWithPowerIsTheRadiusAndALittle() {
    MeanComparison comparison = new MeanComparison(ALPHA);
    Moments a = moments(1, 5000, 1, 1);
    Interval interval = comparison.difference(a, a);

    assertThat(comparison.minimumDetectableEffect(a, a))
        .isCloseTo(interval.high() + 0.841621 * Math.sqrt(2 * a.variance() / 5000), within(1e-6));
  }

  @Test
  void proportionsAreFromZeroToOne() {
    ProportionSequence sequence = new ProportionSequence(ALPHA);

    assertThat(sequence.interval(0, 0)).isEqualTo(new Interval(0, 1));
    assertThat(sequence.interval(0, 50).low()).isZero();
    assertThat(sequence.interval(0, 50).high()).isBetween(0.05, 0.2);
    assertThat(sequence.interval(50, 50).high()).isEqualTo(1);
    Interval half = sequence.interval(500, 1000);
    assertThat(half.low()).isCloseTo(1 - half.high(), within(1e-9));
    assertThat(half.high() - half.low()).isBetween(0.07, 0.13);
    assertThat(ProportionSequence.difference(ALPHA, 900, 1000, 500, 1000).low()).isPositive();
  }

  /** Against the martingale's definition as a product of predictive probabilities. */
  @Test
  void evidenceIsTheProductOfBetsOnEachOutcome() {
    double p = 0.3;
    boolean[] outcomes = {true, false, false, true, true, false, true};
    double log = 0;
    long successes = 0;
    for (int n = 0; n < outcomes.length; n++) {
      double predicted = (successes + 0.5) / (n + 1);
      log += outcomes[n] ? Math.log(predicted / p) : Math.log((1 - predicted) / (1 - p));
      successes += outcomes[n] ? 1 : 0;
    }

    assertThat(ProportionSequence.logEvidence(successes, outcomes.length, p))
        .isCloseTo(log, within(1e-12));
  }

  @Test
  void ranksNarrowAroundTheQuantile() {
    QuantileSequence median = new QuantileSequence(0.5, ALPHA);

    assertThat(median.ranks(1)).isEqualTo(new QuantileSequence.Ranks(0, 2));
    QuantileSequence.Ranks ranks = median.ranks(10_000);
    assertThat(ranks.low()).isBetween(4700L, 4900L);
    assertThat(ranks.high()).isBetween(5100L, 5300L);
    assertThat(new QuantileSequence(0.99, ALPHA).ranks(200).high()).isEqualTo(201);
    assertThatThrownBy(() -> new QuantileSequence(1, ALPHA)).hasMessageContaining("p is 1.0");
  }

  @Test
  void sharesAreJudgedByTheirEvidence() {
    assertThat(SampleRatio.logEvidence(new long[] {0, 0}, new double[] {1, 1}))
        .isCloseTo(0, within(1e-12));
    // 1! 2! / 4!... of a flat prior over two arms: B(2, 3) / (0.5³)
    assertThat(SampleRatio.logEvidence(new long[] {1, 2}, new double[] {5, 5}))
        .isCloseTo(Math.log(1.0 / 12 * 8), within(1e-12));
    assertThat(SampleRatio.logEvidence(new long[] {600, 400}, new double[] {1, 1}))
        .isGreaterThan(Math.log(1e4));
    assertThatThrownBy(() -> SampleRatio.logEvidence(new long[] {1, 1}, new double[] {1, 0}))
        .hasMessageContaining("a weight of 0.0");
  }

  @Test
  void discoveriesAreThoseThatManyTogetherAllow() {
    assertThat(FalseDiscoveries.reject(new double[] {100, 1, 1, 1}, ALPHA))
        .containsExactly(true, false, false, false);
    assertThat(FalseDiscoveries.reject(new double[] {30, 1, 1, 1}, ALPHA))
        .containsExactly(false, false, false, false);
    // Alone 30 would not do; as the second of four it is enough for half.
    assertThat(FalseDiscoveries.reject(new double[] {45, 1, 41, 1}, ALPHA))
        .containsExactly(true, false, true, false);
    assertThat(FalseDiscoveries.reject(new double[0], ALPHA)).isEmpty();
  }
}
