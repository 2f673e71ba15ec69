package dev.whit.engine;

import dev.whit.backend.TokenScore;
import java.util.Arrays;

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
    double logSumExp = logSumExp(logits);
    int[] topTokens = new int[Math.min(top, logits.length)];
    float[] topLogprobs = new float[topTokens.length];
    if (topTokens.length > 0) {
      heap.load(logits);
      Arrays.setAll(topTokens, i -> heap.removeBest());
    }
    for (int i = 0; i < topTokens.length; i++) {
      topLogprobs[i] = (float) (logits[topTokens[i]] - logSumExp);
    }
    float logprob = (float) (logits[token] - logSumExp);
    return new TokenScore(token, logprob, rank(logits, token), topTokens, topLogprobs);
  }

  private static double logSumExp(float[] logits) {
    double max = logits[TokenChooser.argmax(logits)];
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - max);
    }
    return max + Math.log(sum);
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
