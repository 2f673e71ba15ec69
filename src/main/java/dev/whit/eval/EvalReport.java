package dev.whit.eval;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an evaluation found.
 *
 * @param model the model
 * @param reference what it was compared with, or null
 * @param settings block length and the like, by name
 * @param text of a text, or null
 * @param choices of multiple-choice questions, or null
 */
public record EvalReport(
    Model model,
    @Nullable Model reference,
    Map<String, Object> settings,
    @Nullable Text text,
    @Nullable Choices choices) {

  /**
   * A model.
   *
   * @param path where it is
   * @param bitsPerWeight effective bits of a weight of the linear layers
   * @param storedBytes of its weights, in the file
   * @param residentBytes of its weights, in memory beside mapped files
   * @param tokensPerSecond of this run's prompts, logits of every position included; 0 if none ran
   */
  public record Model(
      String path,
      String family,
      String format,
      double bitsPerWeight,
      long storedBytes,
      long residentBytes,
      double tokensPerSecond) {}

  /**
   * A predicted text.
   *
   * @param tokens predicted tokens
   * @param nll mean of {@code −ln p} of a token
   * @param perplexity {@code e^nll}
   * @param comparison with the reference, or null
   * @param blockNll mean of each block
   */
  public record Text(
      int blocks,
      int tokens,
      Estimate nll,
      Estimate perplexity,
      @Nullable Comparison comparison,
      List<Double> blockNll) {}

  /**
   * A model beside its reference, on the same tokens. The names are llama-perplexity's; p is the
   * probability of the token that came.
   *
   * @param lnRatio mean of {@code ln(p_r / p)}
   * @param ratio of the perplexities
   * @param difference of the perplexities
   * @param correlation of the two negative log-likelihoods, in percent
   * @param kl {@code KL(reference ‖ model)} of a token
   * @param klQuantiles by percent
   * @param deltaP mean of {@code p − p_r}
   * @param rmsDeltaP root of the mean of its square
   * @param sameTop share of tokens where both think the same the likeliest
   * @param referenceBlockNll mean of each block
   * @param klCurve KL divergence at the percentiles 0 to 100
   */
  public record Comparison(
      Estimate referenceNll,
      Estimate referencePerplexity,
      Estimate lnRatio,
      Estimate ratio,
      Estimate difference,
      double correlation,
      Estimate kl,
      Map<String, Double> klQuantiles,
      Estimate deltaP,
      Map<String, Double> deltaPQuantiles,
      Estimate rmsDeltaP,
      Estimate sameTop,
      List<Double> referenceBlockNll,
      List<Double> klCurve) {}

  /**
   * Answers to multiple-choice questions, as lm-evaluation-harness scores them.
   *
   * @param accuracy share of questions whose likeliest choice is right
   * @param normalized the same with log-likelihoods divided by the choices' characters
   * @param referenceAccuracy of the reference, or null
   * @param mcNemar of accuracy, or null
   */
  public record Choices(
      int questions,
      Estimate accuracy,
      Estimate normalized,
      @Nullable Estimate referenceAccuracy,
      @Nullable Estimate referenceNormalized,
      @Nullable McNemar mcNemar,
      @Nullable McNemar mcNemarNormalized) {}
}
