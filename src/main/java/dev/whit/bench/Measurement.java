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

  /**
   * From the seconds of each repetition, which took {@code steps} steps.
   *
   * @param layers what each step takes
   * @param head what a step that wants logits takes besides
   */
  static Measurement of(
      Workload workload,
      int threads,
      double[] seconds,
      int steps,
      StepCost layers,
      StepCost head,
      double read) {
    double[] rates = new double[seconds.length];
    for (int i = 0; i < rates.length; i++) {
      rates[i] = workload.totalTokens() / seconds[i];
    }
    double median = Spread.of(seconds).median();
    double bytes = (double) layers.bytes() * steps + (double) head.bytes() * workload.heads(steps);
    double weights =
        (double) layers.weights() * workload.totalTokens()
            + (double) head.weights() * workload.logitRows();
    double gigabytes = bytes * 1e-9 / median;
    return new Measurement(
        workload.name().toLowerCase(Locale.ROOT),
        threads,
        workload.batch(),
        Spread.of(rates),
        weights * 1e-9 / median,
        gigabytes,
        gigabytes / read);
  }
}
