package dev.whit.eval;

/**
 * A mean with its standard error.
 *
 * @param value the mean
 * @param error its standard deviation, of independent observations
 */
public record Estimate(double value, double error) {
  /** The mean of a sample; the error of fewer than two is not known. */
  static Estimate mean(double[] sample) {
    double mean = average(sample);
    return new Estimate(mean, Math.sqrt(covariance(sample, mean, sample, mean) / sample.length));
  }

  /** {@code e^x}, the error by the delta method. */
  Estimate exp() {
    double e = Math.exp(value);
    return new Estimate(e, e * error);
  }

  static double average(double[] sample) {
    double sum = 0;
    for (double x : sample) {
      sum += x;
    }
    return sum / sample.length;
  }

  /** Of pairs, unbiased. */
  static double covariance(double[] a, double meanA, double[] b, double meanB) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - meanA) * (b[i] - meanB);
    }
    return sum / (a.length - 1);
  }
}
