package dev.whit.engine;

import dev.whit.backend.SamplingParams;

/**
 * Chooses a token from a row of logits: the best one, or one drawn from the distribution after
 * temperature, min-p, top-k and top-p.
 *
 * <p>All three truncations keep a number of the most likely tokens, so they are one loop over the
 * tokens in that order: it ends at the first token below min-p's share, after k tokens, or when the
 * mass of top-p is reached.
 */
final class TokenChooser {
  private final int vocabulary;
  private final LogitHeap heap;
  private final int[] kept;
  private final double[] weights;

  TokenChooser(int vocabulary) {
    this.vocabulary = vocabulary;
    heap = new LogitHeap(vocabulary);
    kept = new int[vocabulary];
    weights = new double[vocabulary];
  }

  /**
   * The next token.
   *
   * @param logits [vocabulary], finite
   * @param index how many tokens the sequence has generated
   */
  int choose(float[] logits, SamplingParams params, int index) {
    int best = argmax(logits);
    if (params.temperature() == 0) {
      return best;
    }
    boolean truncated = limit(params) < vocabulary || params.topP() < 1 || params.minP() > 0;
    double temperature = params.temperature();
    int count =
        truncated ? keepBest(logits, logits[best], params) : keepAll(logits, best, temperature);
    return draw(count, TokenRandom.uniform(params.seed(), index));
  }

  /** The most likely token, of equals the one with the lowest id. */
  static int argmax(float[] logits) {
    int best = 0;
    for (int id = 1; id < logits.length; id++) {
      if (logits[id] > logits[best]) {
        best = id;
      }
    }
    return best;
  }

  private int keepAll(float[] logits, int best, double temperature) {
    for (int id = 0; id < vocabulary; id++) {
      kept[id] = id;
      weights[id] = weight(logits[id], logits[best], temperature);
    }
    return vocabulary;
  }

  /** Fills kept and weights with the tokens that truncation leaves, best first; at least one. */
  private int keepBest(float[] logits, float max, SamplingParams params) {
    double temperature = params.temperature();
    int limit = limit(params);
    heap.load(logits, max);
    double total = 0; // top-p is a share of what min-p and top-k have left
    int taken = 0;
    if (limit < vocabulary) {
      boolean likely = true;
      while (taken < limit && likely) {
        double weight = take(taken++, logits, max, temperature);
        likely = weight >= params.minP();
        total += likely ? weight : 0;
      }
    } else if (params.topP() < 1) {
      for (float logit : logits) {
        double weight = weight(logit, max, temperature);
        total += weight >= params.minP() ? weight : 0;
      }
    }
    double enough = params.topP() < 1 ? params.topP() * total : Double.POSITIVE_INFINITY;
    double mass = 0;
    int count = 0;
    while (count < limit && mass < enough) {
      if (count == taken) {
        take(taken++, logits, max, temperature);
      }
      if (weights[count] < params.minP()) { // the best token's weight is 1
        break;
      }
      mass += weights[count++];
    }
    return Math.max(1, count);
  }

  private double take(int index, float[] logits, float max, double temperature) {
    kept[index] = heap.removeBest();
    weights[index] = weight(logits[kept[index]], max, temperature);
    return weights[index];
  }

  /** Draws one of the kept tokens by its weight, with a uniform number in [0, 1). */
  private int draw(int count, double uniform) {
    double total = 0;
    for (int i = 0; i < count; i++) {
      total += weights[i];
    }
    double target = uniform * total;
    double mass = 0;
    int chosen = 0;
    for (int i = 0; i < count && mass <= target; i++) {
      if (weights[i] > 0) { // also the last resort when rounding made the target the total
        chosen = kept[i];
        mass += weights[i];
      }
    }
    return chosen;
  }

  private int limit(SamplingParams params) {
    return params.topK() > 0 ? Math.min(params.topK(), vocabulary) : vocabulary;
  }

  /** Probability of a token relative to the best one's. */
  private static double weight(float logit, float max, double temperature) {
    return Math.exp(((double) logit - max) / temperature);
  }
}
