package dev.whit.experiment.statistics;

import java.util.Arrays;
import java.util.Comparator;

/**
 * Which of many metrics differ, so that the expected share of wrong ones among them stays below a
 * limit however the metrics depend on each other: the e-BH procedure (Wang and Ramdas, "False
 * discovery rate control with e-values", 2022).
 */
public final class FalseDiscoveries {
  private FalseDiscoveries() {}

  /**
   * Tells which hypotheses are rejected.
   *
   * @param evidence e-values, of expectation 1 at most where there is no difference
   * @param alpha the limit
   */
  public static boolean[] reject(double[] evidence, double alpha) {
    Integer[] order = new Integer[evidence.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingDouble((Integer i) -> evidence[i]).reversed());
    boolean[] rejected = new boolean[evidence.length];
    for (int k = evidence.length; k > 0; k--) {
      if (k * evidence[order[k - 1]] >= evidence.length / alpha) {
        for (int i = 0; i < k; i++) {
          rejected[order[i]] = true;
        }
        break;
      }
    }
    return rejected;
  }
}
