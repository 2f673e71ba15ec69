package dev.whit.experiment.statistics;

import org.hipparchus.special.Beta;

/**
 * What a proportion is, at any time and exactly for any number of observations: the beta-binomial
 * mixture (Robbins, 1970; Howard, Ramdas, McAuliffe and Sekhon, "Time-uniform, nonparametric,
 * nonasymptotic confidence sequences", 2021). {@code B(a + s, b + n − s) / B(a, b) / (p^s (1 −
 * p)^(n − s))} is a martingale of expectation 1 if p is the proportion, so that it ever reaches 1/α
 * with probability α at most; the interval is where it has not.
 */
public final class ProportionSequence {
  private static final int BISECTIONS = 60;
  private static final double PRIOR = 0.5; // of Jeffreys

  private final double logLimit;

  /**
   * @param alpha probability that the interval ever misses
   */
  public ProportionSequence(double alpha) {
    logLimit = -Math.log(alpha);
  }

  /** The proportion, after {@code successes} of {@code count}. */
  public Interval interval(long successes, long count) {
    if (count == 0) {
      return new Interval(0, 1);
    }
    double estimate = (double) successes / count;
    return new Interval(
        possible(successes, count, 0) ? 0 : bound(successes, count, estimate, 0),
        possible(successes, count, 1) ? 1 : bound(successes, count, estimate, 1));
  }

  /** The difference of two arms' proportions, each of half the error. */
  public static Interval difference(
      double alpha, long successesA, long countA, long successesB, long countB) {
    ProportionSequence half = new ProportionSequence(alpha / 2);
    return half.interval(successesA, countA).minus(half.interval(successesB, countB));
  }

  /** Whether a proportion has not been excluded. */
  boolean possible(long successes, long count, double p) {
    return logEvidence(successes, count, p) < logLimit;
  }

  /** Logarithm of the evidence against a proportion. */
  static double logEvidence(long successes, long count, double p) {
    long failures = count - successes;
    double likelihood =
        (successes == 0 ? 0 : successes * Math.log(p))
            + (failures == 0 ? 0 : failures * Math.log1p(-p));
    return Beta.logBeta(PRIOR + successes, PRIOR + failures)
        - Beta.logBeta(PRIOR, PRIOR)
        - likelihood;
  }

  private double bound(long successes, long count, double inside, double end) {
    double near = inside;
    double far = end;
    for (int i = 0; i < BISECTIONS; i++) {
      double middle = (near + far) / 2;
      if (possible(successes, count, middle)) {
        near = middle;
      } else {
        far = middle;
      }
    }
    return far;
  }
}
