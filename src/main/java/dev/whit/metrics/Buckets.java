package dev.whit.metrics;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;

/** Upper bounds of the histograms' buckets. */
final class Buckets {
  /** Time to the first token. */
  static final Duration[] FIRST_TOKEN =
      milliseconds(
          1, 2, 5, 10, 20, 40, 60, 80, 100, 250, 500, 1000, 2500, 5000, 10_000, 20_000, 40_000,
          80_000);

  /** Time between tokens; finer at the low end than vLLM's, which begin at 10 ms. */
  static final Duration[] INTER_TOKEN =
      milliseconds(
          0.25, 0.5, 1, 2, 3, 4, 5, 7.5, 10, 15, 20, 25, 35, 50, 75, 100, 150, 200, 400, 750, 1000,
          2500);

  /** Times of a whole request and of its parts. */
  static final Duration[] REQUEST =
      milliseconds(
          50, 100, 200, 300, 500, 800, 1000, 1500, 2000, 2500, 5000, 10_000, 15_000, 20_000, 30_000,
          40_000, 50_000, 60_000, 120_000, 240_000);

  /** Tokens computed in a step. */
  static final double[] STEP_TOKENS = {
    1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384
  };

  private Buckets() {}

  /** 1, 2, 5, 10, 20, 50 … up to {@code limit}: tokens of a request. */
  static double[] oneTwoFive(int limit) {
    List<Double> bounds = new ArrayList<>();
    for (double decade = 1; decade <= limit; decade *= 10) {
      double unit = decade;
      DoubleStream.of(1, 2, 5).map(m -> m * unit).filter(b -> b <= limit).forEach(bounds::add);
    }
    return bounds.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static Duration[] milliseconds(double... bounds) {
    return Arrays.stream(bounds)
        .mapToObj(ms -> Duration.ofNanos(Math.round(ms * 1e6)))
        .toArray(Duration[]::new);
  }
}
