package dev.whit.backend;

import java.util.Map;

/**
 * What changes the logits themselves, before temperature: bias, then the three penalties in this
 * order, as in vLLM; then stop tokens that come too early are ruled out.
 *
 * @param bias is added to the logits of these tokens
 * @param repetitionPenalty divides positive logits of tokens that the prompt or the answer has, and
 *     multiplies negative ones; 1 is none
 * @param frequencyPenalty is subtracted for each time that the answer has the token; 0 is none
 * @param presencePenalty is subtracted once if the answer has the token; 0 is none
 * @param minTokens tokens of the answer before which there is no stop token
 */
public record LogitAdjustments(
    Map<Integer, Double> bias,
    double repetitionPenalty,
    double frequencyPenalty,
    double presencePenalty,
    int minTokens) {
  /** Changes nothing. */
  public static final LogitAdjustments NONE = new LogitAdjustments(Map.of(), 1, 0, 0, 0);

  public LogitAdjustments {
    bias = Map.copyOf(bias);
  }

  /** Whether tokens that are there already count. */
  public boolean penalises() {
    return repetitionPenalty != 1 || frequencyPenalty != 0 || presencePenalty != 0;
  }
}
