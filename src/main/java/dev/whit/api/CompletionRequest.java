package dev.whit.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Prompts to complete.
 *
 * @param model name of the model, null for the only one
 * @param prompts the prompts, at least one
 * @param options how to generate
 * @param echo whether the answer begins with the prompt, and its log-probabilities with the
 *     prompt's
 * @param keptTokens how many of each prompt's last tokens are kept at most, null for all
 */
public record CompletionRequest(
    @Nullable String model,
    List<Prompt> prompts,
    GenerationOptions options,
    boolean echo,
    @Nullable Integer keptTokens) {

  public CompletionRequest {
    prompts = List.copyOf(prompts);
  }

  /** The same for another model, at another priority. */
  public CompletionRequest of(String otherModel, int priority) {
    return new CompletionRequest(
        otherModel, prompts, options.prioritised(priority), echo, keptTokens);
  }
}
