package dev.whit.api;

import dev.whit.backend.LogitAdjustments;
import dev.whit.backend.SamplingParams;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a client may choose about how an answer is generated. Ranges have been checked.
 *
 * @param maxTokens most tokens to generate, null for the default of the kind of request
 * @param temperature divides the logits, 0 is greedy
 * @param topK keeps the k most likely tokens, 0 is all
 * @param topP keeps the smallest set of tokens with at least this probability
 * @param minP drops tokens below this fraction of the most likely one's probability
 * @param penalties what is held against tokens that are there already
 * @param logitBias what is added to the logits of some tokens
 * @param minTokens tokens of an answer before which neither a stop text nor a stop token ends it
 * @param seed seed of the first choice, the others' follow from it; null for a random one
 * @param choices answers for each prompt
 * @param stop texts that end an answer and are not part of it
 * @param stopTokens ids that end an answer, beside the model's own
 * @param ignoreEos whether the model's own end tokens do not end an answer
 * @param logprobs −1 for no log-probabilities, otherwise the number of alternatives for each token
 * @param tokenIds whether the answer's token ids are wanted
 * @param user who is behind the client, by the client's own name; null if it does not say
 * @param priority lower ones are answered first
 * @param cacheSalt requests share what was computed for their prompts only with those of the same
 *     salt; empty for the one that all others share
 * @param format what form the answers must have: neither stop texts nor stop tokens nor {@code
 *     minTokens} break it
 */
public record GenerationOptions(
    @Nullable Integer maxTokens,
    double temperature,
    int topK,
    double topP,
    double minP,
    Penalties penalties,
    Map<Integer, Double> logitBias,
    int minTokens,
    @Nullable Long seed,
    int choices,
    List<String> stop,
    Set<Integer> stopTokens,
    boolean ignoreEos,
    int logprobs,
    boolean tokenIds,
    @Nullable String user,
    int priority,
    String cacheSalt,
    ResponseFormat format) {

  public GenerationOptions {
    logitBias = Map.copyOf(logitBias);
    stop = List.copyOf(stop);
    stopTokens = Set.copyOf(stopTokens);
  }

  /** The same with another priority. */
  GenerationOptions prioritised(int newPriority) {
    return new GenerationOptions(
        maxTokens,
        temperature,
        topK,
        topP,
        minP,
        penalties,
        logitBias,
        minTokens,
        seed,
        choices,
        stop,
        stopTokens,
        ignoreEos,
        logprobs,
        tokenIds,
        user,
        newPriority,
        cacheSalt,
        format);
  }

  /** How the tokens of a choice are chosen. */
  SamplingParams sampling(long choiceSeed) {
    LogitAdjustments adjustments =
        new LogitAdjustments(
            logitBias,
            penalties.repetition(),
            penalties.frequency(),
            penalties.presence(),
            minTokens);
    return new SamplingParams(temperature, topK, topP, minP, choiceSeed, adjustments);
  }

  /**
   * Checks what only a model can tell.
   *
   * @throws ApiException.InvalidRequest if a token is not in the vocabulary
   */
  void requireVocabulary(int size) {
    for (int token : logitBias.keySet()) {
      if (token >= size) {
        throw new ApiException.InvalidRequest(
            "logit_bias",
            "logit_bias must have tokens of the vocabulary, 0 to %d, not %d"
                .formatted(size - 1, token));
      }
    }
  }

  /** Whether the answer is wanted token by token, not only as text. */
  boolean wantsTokens() {
    return tokenIds || logprobs >= 0;
  }
}
