package dev.whit.backend;

/**
 * How the next token is chosen. Applied in the order: adjustments of the logits, temperature,
 * min-p, top-k, top-p, as in vLLM.
 *
 * @param temperature divides the logits; 0 is greedy (ties go to the lowest id)
 * @param topK keeps the k most likely tokens; 0 is all
 * @param topP keeps the smallest set of most likely tokens with at least this share of what min-p
 *     and top-k have left; 1 is all
 * @param minP drops tokens below this fraction of the most likely token's probability; 0 is none
 * @param seed seed of this generation's own random stream
 * @param adjustments what changes the logits before
 */
public record SamplingParams(
    double temperature,
    int topK,
    double topP,
    double minP,
    long seed,
    LogitAdjustments adjustments) {
  /** Always the most likely token. */
  public static final SamplingParams GREEDY = new SamplingParams(0, 0, 1, 0, 0);

  /** Chooses from the logits as they are. */
  public SamplingParams(double temperature, int topK, double topP, double minP, long seed) {
    this(temperature, topK, topP, minP, seed, LogitAdjustments.NONE);
  }
}
