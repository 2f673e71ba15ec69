package dev.whit.bench;

import dev.whit.model.loading.StepCost;
import java.util.Locale;

/**
 * One workload with one number of threads.
 *
 * @param test "pp128", "tg64"
 * @param tokensPerSecond of all sequences together
 * @param gigaWeightsPerSecond weights that tokens were multiplied with, in 10⁹ a second
 * @param gigabytesPerSecond bytes of weights read, were each read once a step, in 10⁹ a second
 * @param shareOfRead of what the same threads read plainly in the same run
 */
public record Measurement(
    String test,
    int threads,
    int batch,
    Spread tokensPerSecond,
    double gigaWeightsPerSecond,
    double gigabytesPerSecond,
    double shareOfRead) {

  /** From the seconds of each repetition, which took {@code steps} steps. */
  static Measurement of(
      Workload workload, int threads, double[] seconds, int steps, StepCost cost, double read) {
    double[] rates = new double[seconds.length];
    for (int i = 0; i < rates.length; i++) {
      rates[i] = workload.totalTokens() / seconds[i];
    }
    double median = Spread.of(seconds).median();
    double gigabytes = cost.bytes() * 1e-9 * steps / median;
    return new Measurement(
        workload.name().toLowerCase(Locale.ROOT),
        threads,
        workload.batch(),
        Spread.of(rates),
        cost.weights() * 1e-9 * workload.totalTokens() / median,
        gigabytes,
        gigabytes / read);
  }
}
