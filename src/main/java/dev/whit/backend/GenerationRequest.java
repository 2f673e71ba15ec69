package dev.whit.backend;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One sequence to generate, validated: tokens in, tokens out.
 *
 * @param id request id, for logs and metrics; several generations of one request share it
 * @param prompt prompt token ids, at least one
 * @param maxTokens most tokens to generate, 0 only to score the prompt; prompt + maxTokens may
 *     exceed the context, the generation then ends with {@link FinishReason#LENGTH}
 * @param sampling how tokens are chosen
 * @param stopTokens ids that end the generation (the model's end of sequence is among them, unless
 *     {@code ignore_eos})
 * @param topLogprobs −1: no log-probabilities; otherwise each generated token's, with this many
 *     most likely alternatives
 * @param promptLogprobs the same for the prompt's tokens
 * @param priority lower ones run first
 * @param caller whose request it is, opaque: of equally urgent requests, callers get even shares
 * @param cacheSalt keys and values of its tokens are shared only with requests of the same salt
 * @param label what it counts as
 * @param constraint which tokens the answer may consist of, null for any. Where it must end the
 *     generation ends without a further token, even before the least number of tokens; where it may
 *     end stop tokens are allowed too, and nowhere else
 * @param pooling not null: nothing is generated or scored, the prompt's embedding is wanted
 * @param logits not null: nothing is generated or scored, it gets the prompt's rows of logits
 */
public record GenerationRequest(
    String id,
    int[] prompt,
    int maxTokens,
    SamplingParams sampling,
    Set<Integer> stopTokens,
    int topLogprobs,
    int promptLogprobs,
    int priority,
    String caller,
    String cacheSalt,
    RequestLabel label,
    @Nullable TokenConstraint constraint,
    @Nullable Pooling pooling,
    @Nullable LogitsSink logits) {
  /** The caller of all requests that do not say whose they are. */
  public static final String NOBODY = "";

  public GenerationRequest {
    if (prompt.length == 0) {
      throw new IllegalArgumentException("empty prompt");
    }
    if (maxTokens < 0) {
      throw new IllegalArgumentException("negative maxTokens " + maxTokens);
    }
    if (logits != null && (pooling != null || maxTokens != 0 || promptLogprobs >= 0)) {
      throw new IllegalArgumentException("logits beside something else");
    }
    if (logits != null && (logits.from() < 0 || logits.from() >= prompt.length - 1)) {
      throw new IllegalArgumentException(
          "logits from %d of %d tokens".formatted(logits.from(), prompt.length));
    }
    if (pooling != null && (maxTokens != 0 || promptLogprobs >= 0)) {
      throw new IllegalArgumentException(
          "an embedding with maxTokens %d, promptLogprobs %d".formatted(maxTokens, promptLogprobs));
    }
    stopTokens = Set.copyOf(stopTokens);
  }

  /** A request of nobody, of the usual priority, 0, without salt, for any tokens. */
  public GenerationRequest(
      String id,
      int[] prompt,
      int maxTokens,
      SamplingParams sampling,
      Set<Integer> stopTokens,
      int topLogprobs,
      int promptLogprobs) {
    this(
        id,
        prompt,
        maxTokens,
        sampling,
        stopTokens,
        topLogprobs,
        promptLogprobs,
        0,
        NOBODY,
        "",
        RequestLabel.NONE,
        null,
        null,
        null);
  }

  /** A request for the logits of a prompt, of the least priority. */
  public static GenerationRequest logits(
      String id,
      int[] prompt,
      String caller,
      String cacheSalt,
      RequestLabel label,
      LogitsSink logits) {
    return new GenerationRequest(
        id,
        prompt,
        0,
        SamplingParams.GREEDY,
        Set.of(),
        -1,
        -1,
        Integer.MAX_VALUE,
        caller,
        cacheSalt,
        label,
        null,
        null,
        logits);
  }

  /** A request for the embedding of a prompt. */
  public static GenerationRequest embedding(
      String id, int[] prompt, Pooling pooling, int priority, String caller, String cacheSalt) {
    return new GenerationRequest(
        id,
        prompt,
        0,
        SamplingParams.GREEDY,
        Set.of(),
        -1,
        -1,
        priority,
        caller,
        cacheSalt,
        RequestLabel.NONE,
        null,
        pooling,
        null);
  }
}
