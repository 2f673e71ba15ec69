package dev.whit.load;

import org.HdrHistogram.Histogram;

/**
 * Times in milliseconds, each within 0.1 %.
 *
 * @param count how many
 */
public record Percentiles(
    long count, double mean, double p50, double p90, double p95, double p99, double max) {
  private static final double MILLI = 1e-6;

  static Percentiles of(Histogram nanos) {
    return new Percentiles(
        nanos.getTotalCount(),
        nanos.getMean() * MILLI,
        nanos.getValueAtPercentile(50) * MILLI,
        nanos.getValueAtPercentile(90) * MILLI,
        nanos.getValueAtPercentile(95) * MILLI,
        nanos.getValueAtPercentile(99) * MILLI,
        nanos.getMaxValue() * MILLI);
  }
}
