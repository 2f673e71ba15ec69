package dev.whit.experiment.statistics;

import org.hipparchus.distribution.continuous.NormalDistribution;

/**
 * Compares the means of two arms at any time. With information {@code I = 1 / (s₁²/n₁ + s₂²/n₂)},
 * {@code I · (x̄₁ − x̄₂)} moves as a Brownian motion with the true difference as its drift, in the
 * limit of many observations; the normal mixture over drifts (Robbins, 1970; Johari, Koomen,
 * Pekelis and Walsh, "Always Valid Inference", 2017) bounds it at all times at once:
 *
 * <pre>|x̄₁ − x̄₂ − δ| ≤ √((I + 1/τ²) · ln((1 + I·τ²)/α²)) / I for all I, with probability 1 − α
 * </pre>
 *
 * <p>That estimated variances may stand for true ones is the asymptotic confidence sequence of
 * Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (Annals of Statistics, 2024); therefore nothing
 * is said before {@link #MIN_COUNT} observations of each arm. The mixture is tightest at {@link
 * #TIGHTEST} observations of each arm.
 */
public final class MeanComparison {
  /** Least observations of each arm. */
  public static final int MIN_COUNT = 100;

  /** Observations of each arm at which the intervals are the tightest for their level. */
  static final int TIGHTEST = 2000;

  private static final NormalDistribution NORMAL = new NormalDistribution();
  private static final double POWER = 0.8;
  private static final int BISECTIONS = 80;

  private final double alpha;

  /** Variance of the mixture times the information at {@link #TIGHTEST}. */
  private final double mixture;

  /**
   * @param alpha probability that an interval ever misses, above 0 and below 1
   */
  public MeanComparison(double alpha) {
    if (!(alpha > 0 && alpha < 1)) {
      throw new IllegalArgumentException("alpha is " + alpha + ", must be above 0 and below 1");
    }
    this.alpha = alpha;
    double log = -2 * Math.log(alpha);
    mixture = log + Math.log(log + 1);
  }

  /** What {@code mean(a) − mean(b)} is. */
  public Interval difference(Moments a, Moments b) {
    double radius = radius(a, b, 1);
    double difference = a.mean() - b.mean();
    return Double.isInfinite(radius)
        ? Interval.ALL
        : new Interval(difference - radius, difference + radius);
  }

  /**
   * What {@code mean(a) / mean(b)} is, of positive quantities: all ratios {@code θ} for which
   * {@code mean(a) − θ · mean(b)} may be 0 (Fieller, 1954).
   */
  public Interval ratio(Moments a, Moments b) {
    if (tooFew(a, b) || !(a.mean() > 0 && b.mean() > 0)) {
      return new Interval(0, Double.POSITIVE_INFINITY);
    }
    double ratio = a.mean() / b.mean();
    return new Interval(bound(a, b, ratio, 0), bound(a, b, ratio, Double.POSITIVE_INFINITY));
  }

  /** The farthest ratio towards {@code end} that may be, by doubling and bisection. */
  private double bound(Moments a, Moments b, double inside, double end) {
    double near = inside;
    double far = end == 0 ? 0 : 2 * inside;
    while (end > 0 && possible(a, b, far)) {
      if (far > inside * 1e6) {
        return end;
      }
      near = far;
      far *= 2;
    }
    if (end == 0 && possible(a, b, 0)) {
      return 0;
    }
    for (int i = 0; i < BISECTIONS; i++) {
      double middle = (near + far) / 2;
      if (possible(a, b, middle)) {
        near = middle;
      } else {
        far = middle;
      }
    }
    return far;
  }

  private boolean possible(Moments a, Moments b, double ratio) {
    return Math.abs(a.mean() - ratio * b.mean()) <= radius(a, b, ratio);
  }

  /**
   * Evidence against equal means: an e-process, whose expectation is at most 1 while they are
   * equal. 1 / alpha of it is where {@link #difference} begins to exclude 0.
   */
  public double evidence(Moments a, Moments b) {
    double variance = variance(a, b, 1);
    if (tooFew(a, b) || variance == 0) {
      return 1;
    }
    double information = 1 / variance;
    double spread = 1 + information * mixtureVariance(a, b, 1);
    double score = information * (a.mean() - b.mean());
    return Math.exp(score * score * mixtureVariance(a, b, 1) / (2 * spread)) / Math.sqrt(spread);
  }

  /** The least difference that would be found by now with probability 0.8. */
  public double minimumDetectableEffect(Moments a, Moments b) {
    return radius(a, b, 1)
        + NORMAL.inverseCumulativeProbability(POWER) * Math.sqrt(variance(a, b, 1));
  }

  private static boolean tooFew(Moments a, Moments b) {
    return a.count() < MIN_COUNT || b.count() < MIN_COUNT;
  }

  private static double variance(Moments a, Moments b, double factor) {
    return a.meanVariance() + factor * factor * b.meanVariance();
  }

  /** τ²: such that the interval is tightest where both arms have {@link #TIGHTEST} observations. */
  private double mixtureVariance(Moments a, Moments b, double factor) {
    return mixture * (a.variance() + factor * factor * b.variance()) / TIGHTEST;
  }

  private double radius(Moments a, Moments b, double factor) {
    if (tooFew(a, b)) {
      return Double.POSITIVE_INFINITY;
    }
    double variance = variance(a, b, factor);
    if (variance == 0) {
      return 0; // observations that are all the same
    }
    double information = 1 / variance;
    double mixed = mixtureVariance(a, b, factor);
    return Math.sqrt(
            (information + 1 / mixed) * (Math.log1p(information * mixed) - 2 * Math.log(alpha)))
        / information;
  }
}
