package dev.whit.eval;

import org.hipparchus.distribution.discrete.BinomialDistribution;

/**
 * McNemar's test (1947), exact: whether two models that answered the same questions are right
 * equally often. Only questions count that one got right and the other wrong.
 *
 * @param onlyModel questions that only the model got right
 * @param onlyReference questions that only the reference got right
 * @param p two-sided probability of a split as uneven as this, or more, were they equally good
 */
public record McNemar(int onlyModel, int onlyReference, double p) {
  static McNemar of(boolean[] model, boolean[] reference) {
    int onlyModel = 0;
    int onlyReference = 0;
    for (int i = 0; i < model.length; i++) {
      if (model[i] && !reference[i]) {
        onlyModel++;
      } else if (reference[i] && !model[i]) {
        onlyReference++;
      }
    }
    int discordant = onlyModel + onlyReference;
    double tail =
        new BinomialDistribution(discordant, 0.5)
            .cumulativeProbability(Math.min(onlyModel, onlyReference));
    return new McNemar(onlyModel, onlyReference, Math.min(1, 2 * tail));
  }
}
