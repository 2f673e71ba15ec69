package dev.whit.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A token of an answer, or of the prompt that it echoes.
 *
 * @param id its id
 * @param isPrompt whether it belongs to the prompt
 * @param offset where its text begins in the answer's text, in code points
 * @param logprobs its log-probabilities, when they were asked for
 */
public record ReplyToken(int id, boolean isPrompt, int offset, @Nullable Logprobs logprobs) {

  /**
   * Log-probabilities at a token's place.
   *
   * @param token the token
   * @param logprob its log-probability, null for the first token of a prompt
   * @param alternatives the most likely tokens, best first; the token itself may be among them,
   *     with the very same number
   */
  public record Logprobs(
      TokenText token, @Nullable Float logprob, List<Alternative> alternatives) {}

  /** A token that might have been there, and its log-probability. */
  public record Alternative(TokenText token, float logprob) {}
}
