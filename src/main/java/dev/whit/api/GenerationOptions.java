package dev.whit.api;

import java.util.List;
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
 * @param seed seed of the first choice, the others' follow from it; null for a random one
 * @param choices answers for each prompt
 * @param stop texts that end an answer and are not part of it
 * @param stopTokens ids that end an answer, beside the model's own
 * @param ignoreEos whether the model's own end tokens do not end an answer
 * @param logprobs −1 for no log-probabilities, otherwise the number of alternatives for each token
 * @param tokenIds whether the answer's token ids are wanted
 */
public record GenerationOptions(
    @Nullable Integer maxTokens,
    double temperature,
    int topK,
    double topP,
    double minP,
    @Nullable Long seed,
    int choices,
    List<String> stop,
    Set<Integer> stopTokens,
    boolean ignoreEos,
    int logprobs,
    boolean tokenIds) {

  public GenerationOptions {
    stop = List.copyOf(stop);
    stopTokens = Set.copyOf(stopTokens);
  }

  /** Whether the answer is wanted token by token, not only as text. */
  boolean wantsTokens() {
    return tokenIds || logprobs >= 0;
  }
}
