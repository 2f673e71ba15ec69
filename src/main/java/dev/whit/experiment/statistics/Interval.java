package dev.whit.experiment.statistics;

/** From {@code low} to {@code high}; either may be infinite. */
public record Interval(double low, double high) {
  /** All numbers: nothing is known yet. */
  public static final Interval ALL =
      new Interval(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);

  public Interval {
    if (!(low <= high)) {
      throw new IllegalArgumentException("an interval from " + low + " to " + high);
    }
  }

  /** Whether it has a number in it. */
  public boolean contains(double value) {
    return low <= value && value <= high;
  }

  /** What {@code a − b} may be, for a in this and b in another. */
  Interval minus(Interval other) {
    return new Interval(low - other.high, high - other.low);
  }
}
