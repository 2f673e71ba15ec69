package dev.whit.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Texts to embed.
 *
 * @param model name of the model, null for the only one
 * @param inputs the texts, at least one
 * @param lastToken whether the last token's hidden state is the embedding, not the mean of all
 * @param dimensions values to keep of each embedding, null for all
 * @param keptTokens how many of each text's last tokens are kept at most, null for all
 * @param priority lower ones are computed first
 * @param cacheSalt keys and values are shared only with requests of the same salt
 */
public record EmbeddingRequest(
    @Nullable String model,
    List<Prompt> inputs,
    boolean lastToken,
    @Nullable Integer dimensions,
    @Nullable Integer keptTokens,
    int priority,
    String cacheSalt) {

  public EmbeddingRequest {
    inputs = List.copyOf(inputs);
  }
}
