package dev.whit.experiment.statistics;

/**
 * Between which order statistics a quantile lies, at any time and for any distribution (Howard and
 * Ramdas, "Sequential estimation of quantiles with applications to A/B testing and best-arm
 * identification", 2022): of n observations, those not above the p-quantile are a binomial count of
 * proportion p, or more where observations tie, and {@link ProportionSequence} says which counts
 * can be.
 */
public final class QuantileSequence {
  private final double p;
  private final ProportionSequence counts;

  /**
   * Ranks among the sorted observations, from 1; 0 and n + 1 stand for no bound.
   *
   * @param low the quantile is not below the observation of this rank
   * @param high nor above this one
   */
  public record Ranks(long low, long high) {}

  /**
   * @param p which quantile, 0.5 the median
   * @param alpha probability that the ranks ever miss
   */
  public QuantileSequence(double p, double alpha) {
    if (!(p > 0 && p < 1)) {
      throw new IllegalArgumentException("p is " + p + ", must be above 0 and below 1");
    }
    this.p = p;
    counts = new ProportionSequence(alpha);
  }

  /** The ranks, after so many observations. */
  public Ranks ranks(long count) {
    long middle = Math.min(count, Math.round(p * count));
    return new Ranks(least(count, middle), most(count, middle) + 1);
  }

  /** The least possible count of observations that are not above the quantile. */
  private long least(long count, long middle) {
    long impossible = -1;
    long possible = middle;
    while (possible - impossible > 1) {
      long half = (possible + impossible) / 2;
      if (counts.possible(half, count, p)) {
        possible = half;
      } else {
        impossible = half;
      }
    }
    return possible;
  }

  private long most(long count, long middle) {
    long possible = middle;
    long impossible = count + 1;
    while (impossible - possible > 1) {
      long half = (possible + impossible) / 2;
      if (counts.possible(half, count, p)) {
        possible = half;
      } else {
        impossible = half;
      }
    }
    return possible;
  }
}
