package dev.whit.experiment.statistics;

import org.hipparchus.special.Gamma;

/**
 * Whether arms get the shares of subjects that their weights promise, looked at at any time (Lindon
 * and Malek, "Anytime-Valid Inference for Multinomial Count Data", 2022): the Bayes factor of any
 * shares, by a flat Dirichlet prior, against the weights. Where they do not, subjects are lost on
 * the way, and no comparison of the arms can be trusted.
 */
public final class SampleRatio {
  private SampleRatio() {}

  /**
   * Logarithm of the evidence against the weights: a martingale of expectation 1 while they hold.
   * That of stretches with other weights is added up.
   *
   * @param counts subjects of each arm
   * @param weights of each arm, above 0; only their ratios matter
   */
  public static double logEvidence(long[] counts, double[] weights) {
    if (counts.length != weights.length || counts.length < 2) {
      throw new IllegalArgumentException(
          "%d counts and %d weights, two arms or more are needed"
              .formatted(counts.length, weights.length));
    }
    double sum = 0;
    for (double weight : weights) {
      if (!(weight > 0)) {
        throw new IllegalArgumentException("a weight of " + weight + ", must be above 0");
      }
      sum += weight;
    }
    long total = 0;
    double log = Gamma.logGamma(counts.length);
    for (int arm = 0; arm < counts.length; arm++) {
      total += counts[arm];
      log += Gamma.logGamma(counts[arm] + 1.0) - counts[arm] * Math.log(weights[arm] / sum);
    }
    return log - Gamma.logGamma((double) total + counts.length);
  }
}
