package dev.whit.backend;

/**
 * Log-probability of a token and of the most likely alternatives at its place, from the model's
 * distribution before temperature and truncation (natural logarithm).
 *
 * @param token the token
 * @param logprob its log-probability
 * @param rank its place by probability, 1 for the most likely
 * @param topTokens the most likely tokens, best first, ties by lowest id
 * @param topLogprobs their log-probabilities; where a top token is {@code token} it is the very
 *     same number
 */
public record TokenScore(
    int token, float logprob, int rank, int[] topTokens, float[] topLogprobs) {}
