package dev.whit.experiment.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Simulated experiments that are looked at after every observation: {@code -Dwhit.peeking.seed=N}
 * for others.
 */
class PeekingTest {
  private static final long SEED = Long.getLong("whit.peeking.seed", 1);
  private static final int RUNS = 2000;
  private static final int LENGTH = 5000; // of each arm
  private static final double ALPHA = 0.05;

  /** 5 % and the sampling error of 2,000 runs. */
  private static final double LIMIT = 0.06;

  enum Latency {
    NORMAL {
      @Override
      double next(SplittableRandom random) {
        return 1 + 0.2 * random.nextGaussian();
      }
    },
    LOG_NORMAL {
      @Override
      double next(SplittableRandom random) {
        return Math.exp(0.5 * random.nextGaussian());
      }
    },
    /** Index 1.5: no variance, as of requests that may hang; clipped at a deadline of 60 s. */
    PARETO {
      @Override
      double next(SplittableRandom random) {
        return Math.min(60, 0.1 * Math.pow(1 - random.nextDouble(), -1 / 1.5));
      }
    };

    abstract double next(SplittableRandom random);
  }

  /** A run of two arms, stopped where a look says so. */
  private interface Run {
    boolean isFound(SplittableRandom random);
  }

  private static double share(Run run) {
    return (double)
            IntStream.range(0, RUNS)
                .parallel()
                .filter(i -> run.isFound(new SplittableRandom(SEED * RUNS + i)))
                .count()
        / RUNS;
  }

  /**
   * Whether means are ever said to differ, when arm b's values are {@code factor} times as large.
   */
  private static boolean differs(Latency latency, double factor, SplittableRandom random) {
    MeanComparison comparison = new MeanComparison(ALPHA);
    Moments a = Moments.NONE;
    Moments b = Moments.NONE;
    for (int i = 0; i < 2 * LENGTH; i++) {
      if (random.nextBoolean()) {
        a = a.plus(latency.next(random));
      } else {
        b = b.plus(factor * latency.next(random));
      }
      if (!comparison.difference(a, b).contains(0)) {
        return true;
      }
    }
    return false;
  }

  @ParameterizedTest
  @EnumSource
  void equalMeansSeldomSeemToDiffer(Latency latency) {
    assertThat(share(random -> differs(latency, 1, random))).isLessThanOrEqualTo(LIMIT);
  }

  @Test
  void aTenthMoreIsFound() {
    assertThat(share(random -> differs(Latency.LOG_NORMAL, 1.1, random))).isGreaterThan(0.8);
  }

  @Test
  void theTrueRatioIsSeldomMissed() {
    double missed =
        share(random -> {
          MeanComparison comparison = new MeanComparison(ALPHA);
          Moments a = Moments.NONE;
          Moments b = Moments.NONE;
          for (int i = 0; i < LENGTH; i++) {
            a = a.plus(2 * Latency.LOG_NORMAL.next(random));
            b = b.plus(Latency.LOG_NORMAL.next(random));
            // Every hundredth look, for time; the error only falls.
            if (i % 100 == 99 && !comparison.ratio(a, b).contains(2)) {
              return true;
            }
          }
          return false;
        });

    assertThat(missed).isLessThanOrEqualTo(LIMIT);
  }

  @Test
  void equalProportionsSeldomSeemToDiffer() {
    int length = 400;
    ProportionSequence sequence = new ProportionSequence(ALPHA / 2);
    Interval[][] intervals = new Interval[length + 1][];
    for (int n = 1; n <= length; n++) {
      int count = n;
      intervals[n] = new Interval[n + 1];
      Arrays.parallelSetAll(intervals[n], s -> sequence.interval(s, count));
    }
    for (double p : new double[] {0.01, 0.1, 0.5}) {
      double wrong =
          share(random -> {
            int a = 0;
            int b = 0;
            for (int n = 1; n <= length; n++) {
              a += random.nextDouble() < p ? 1 : 0;
              b += random.nextDouble() < p ? 1 : 0;
              if (!intervals[n][a].minus(intervals[n][b]).contains(0)) {
                return true;
              }
            }
            return false;
          });
      assertThat(wrong).as("p = " + p).isLessThanOrEqualTo(LIMIT);
    }
  }

  @Test
  void quantilesAreSeldomMissed() {
    for (double p : new double[] {0.5, 0.9, 0.99}) {
      QuantileSequence sequence = new QuantileSequence(p, ALPHA);
      QuantileSequence.Ranks[] ranks = new QuantileSequence.Ranks[3001];
      for (int n = 1; n < ranks.length; n++) {
        ranks[n] = sequence.ranks(n);
      }
      double missed =
          share(random -> {
            long below = 0; // observations not above the quantile, of a continuous distribution
            for (int n = 1; n < ranks.length; n++) {
              below += random.nextDouble() < p ? 1 : 0;
              // The observation of rank low is not above it, that of rank high is not below.
              if (below < ranks[n].low() || below >= ranks[n].high()) {
                return true;
              }
            }
            return false;
          });
      assertThat(missed).as("p = " + p).isLessThanOrEqualTo(LIMIT);
    }
  }

  @Test
  void rightSharesSeldomSeemWrongAndWrongOnesAreFound() {
    double[] weights = {90, 10};
    assertThat(share(random -> mismatch(weights, 0.9, random))).isLessThanOrEqualTo(LIMIT);
    assertThat(share(random -> mismatch(weights, 0.86, random))).isGreaterThan(0.8);
  }

  private static boolean mismatch(double[] weights, double share, SplittableRandom random) {
    long[] counts = new long[2];
    for (int i = 0; i < 3_000; i++) {
      counts[random.nextDouble() < share ? 0 : 1]++;
      if (SampleRatio.logEvidence(counts, weights) >= -Math.log(ALPHA)) {
        return true;
      }
    }
    return false;
  }
}
