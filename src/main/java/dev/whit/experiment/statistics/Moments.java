package dev.whit.experiment.statistics;

/**
 * Number, mean and variance of observations, one after another (Welford, 1962) or joined (Chan,
 * Golub and LeVeque, 1979).
 *
 * @param count number of observations
 * @param mean their mean, 0 of none
 * @param squares sum of their squared distances from the mean
 */
public record Moments(long count, double mean, double squares) {
  /** No observations. */
  public static final Moments NONE = new Moments(0, 0, 0);

  /** With one observation more. */
  public Moments plus(double value) {
    double distance = value - mean;
    double newMean = mean + distance / (count + 1);
    return new Moments(count + 1, newMean, squares + distance * (value - newMean));
  }

  /** With all observations of another. */
  public Moments plus(Moments other) {
    long sum = count + other.count;
    if (sum == 0) {
      return NONE;
    }
    double distance = other.mean - mean;
    return new Moments(
        sum,
        mean + distance * other.count / sum,
        squares + other.squares + distance * distance * count * other.count / sum);
  }

  /** Unbiased variance of an observation; 0 of fewer than two. */
  public double variance() {
    return count < 2 ? 0 : squares / (count - 1);
  }

  /** Variance of the mean. */
  double meanVariance() {
    return count == 0 ? Double.POSITIVE_INFINITY : variance() / count;
  }
}
