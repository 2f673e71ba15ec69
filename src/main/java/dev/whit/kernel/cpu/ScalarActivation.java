package dev.whit.kernel.cpu;

import dev.whit.kernel.Activation;

/** The activation functions in double. */
final class ScalarActivation {
  private ScalarActivation() {}

  static double apply(Activation f, double x) {
    return switch (f) {
      case SILU -> x / (1 + Math.exp(-x));
      case RELU -> Math.max(x, 0);
      case GELU -> x * normalCdf(x);
      // (1 + tanh u)/2 = 1/(1 + exp(−2u)): the sum would lose the digits of the negative tail.
      case GELU_TANH ->
          x / (1 + Math.exp(-2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
    };
  }

  /**
   * Φ(x), by its series ½ + φ(x)·(x + x³/3 + x⁵/15 + …) near 0 and by its continued fraction
   * φ(x)/(x + 1/(x + 2/(x + 3/(x + …)))) in the tails (Abramowitz and Stegun, 26.2.11 and 26.2.14).
   */
  static double normalCdf(double x) {
    double density = Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
    double z = Math.abs(x);
    if (z < 3) {
      double term = x;
      double sum = x;
      for (int n = 3; Math.abs(term) > 1e-17 * Math.abs(sum); n += 2) {
        term *= x * x / n;
        sum += term;
      }
      return 0.5 + density * sum;
    }
    double fraction = z;
    for (int n = 60; n > 0; n--) {
      fraction = z + n / fraction;
    }
    double tail = density / fraction;
    return x > 0 ? 1 - tail : tail;
  }
}
