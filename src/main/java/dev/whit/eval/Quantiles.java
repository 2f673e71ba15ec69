package dev.whit.eval;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The percentiles that llama-perplexity prints of a sample. */
final class Quantiles {
  private static final double[] PERCENTS = {0, 0.1, 1, 5, 10, 50, 90, 95, 99, 99.9, 100};

  private Quantiles() {}

  /** By their names, "0" being the least and "100" the largest; between elements on the line. */
  static Map<String, Double> of(double[] sample) {
    double[] sorted = sample.clone();
    Arrays.sort(sorted);
    Map<String, Double> quantiles = new LinkedHashMap<>();
    for (double percent : PERCENTS) {
      String name = percent == Math.rint(percent) ? "" + (int) percent : "" + percent;
      quantiles.put(name, at(sorted, percent / 100));
    }
    return quantiles;
  }

  /** The percentiles 0, 1, … 100. */
  static List<Double> curve(double[] sample) {
    double[] sorted = sample.clone();
    Arrays.sort(sorted);
    return IntStream.rangeClosed(0, 100).mapToObj(p -> at(sorted, p / 100.0)).toList();
  }

  private static double at(double[] sorted, double share) {
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }
}
