package dev.whit.experiment;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is observed of one request of an experiment. No text is in it. Times are taken where this
 * server meets its client, so that those of remote arms include the way to them.
 *
 * @param experiment name of the experiment
 * @param arm the arm that the request was assigned to, whichever answered in the end: arms are
 *     compared by intention to treat
 * @param requestId the request's id
 * @param subject who was assigned, as {@link Assignment#pseudonym} has it
 * @param at when the request came
 * @param role why it went to this arm
 * @param outcome how it ended
 * @param reason of an answer why it ended (stop, length, tool_calls), else what went wrong, a short
 *     code
 * @param answeredBy the arm that answered, another than {@code arm} after a failure; null if none
 *     did
 * @param firstToken seconds from the request to its first token; null if there was none
 * @param total seconds from the request to the end of its answer
 * @param promptTokens tokens of the prompt; 0 if not known
 * @param completionTokens tokens of the answer; 0 if not known
 * @param weights the weights by which it was assigned, as {@link Experiment#weights} has them
 */
public record Observation(
    String experiment,
    String arm,
    String requestId,
    String subject,
    Instant at,
    Role role,
    Outcome outcome,
    String reason,
    @Nullable String answeredBy,
    @Nullable Double firstToken,
    double total,
    int promptTokens,
    int completionTokens,
    String weights) {

  /** Why a request went to an arm. Only assigned ones are compared. */
  public enum Role {
    /** By the hash of its subject. */
    ASSIGNED,
    /** By the request's own wish. */
    FORCED,
    /** As a copy whose answer nobody reads. */
    SHADOW
  }

  /** How a request ended. */
  public enum Outcome {
    /** With a whole answer of its arm. */
    ANSWERED,
    /** Its arm failed, whether another answered then or not. */
    FAILED,
    /** The client gave it up, or it was refused for what it asked: not the arm's doing. */
    CANCELLED
  }

  /** Mean seconds between tokens; null for answers of less than two. */
  public @Nullable Double interToken() {
    return firstToken == null || completionTokens < 2
        ? null
        : (total - firstToken) / (completionTokens - 1);
  }

  /** Tokens a second after the first; null for answers of less than two. */
  public @Nullable Double tokensPerSecond() {
    Double gap = interToken();
    return gap == null || gap <= 0 ? null : 1 / gap;
  }
}
