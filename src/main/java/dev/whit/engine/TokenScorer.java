package dev.whit.engine;

import dev.whit.backend.TokenScore;

/**
 * Log-probabilities of a row of logits: of one token, and of the most likely ones. Logarithms are
 * natural, of the model's own distribution (no temperature, no truncation).
 */
final class TokenScorer {
  private final LogitHeap heap;

  TokenScorer(int vocabulary) {
    heap = new LogitHeap(vocabulary);
  }

  /**
   * Scores a token.
   *
   * @param logits [vocabulary], finite
   * @param top how many of the most likely tokens to add; more than there are means all
   */
  TokenScore score(float[] logits, int token, int top) {
    float max = logits[TokenChooser.argmax(logits)];
    double logSum = logSum(logits, max);
    int[] topTokens = new int[Math.min(top, logits.length)];
    float[] topLogprobs = new float[topTokens.length];
    if (topTokens.length > 0) {
      heap.load(logits, max);
    }
    for (int i = 0; i < topTokens.length; i++) {
      topTokens[i] = heap.removeBest();
      topLogprobs[i] = logprob(logits[topTokens[i]], max, logSum);
    }
    return new TokenScore(
        token, logprob(logits[token], max, logSum), rank(logits, token), topTokens, topLogprobs);
  }

  /** {@code log Σ exp(logit − max)}. */
  private static double logSum(float[] logits, float max) {
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp((double) logit - max);
    }
    return Math.log(sum);
  }

  // The difference first: max + logSum would lose the sum beside a large maximum.
  private static float logprob(float logit, float max, double logSum) {
    return (float) ((double) logit - max - logSum);
  }

  private static int rank(float[] logits, int token) {
    float logit = logits[token];
    int better = 0;
    for (int id = 0; id < logits.length; id++) {
      if (logits[id] > logit || (logits[id] == logit && id < token)) {
        better++;
      }
    }
    return better + 1;
  }
}
