package dev.whit.backend;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a generation, in order: how much of the prompt was cached (if any), prompt scores
 * in chunks or an embedding (when asked for), tokens, then exactly one {@link Finished}, {@link
 * Cancelled} or {@link Failed}.
 */
public sealed interface GenerationEvent {
  /** The keys and values of the prompt's first {@code tokens} tokens were still in the cache. */
  record PromptCached(int tokens) implements GenerationEvent {}

  /** Scores of the next prompt tokens, in order, beginning with the second (the first has none). */
  record PromptScored(List<TokenScore> scores) implements GenerationEvent {}

  /**
   * The prompt's embedding.
   *
   * @param vector [embedding] its pooled last hidden states, after the final norm; not of unit
   *     length
   */
  record Embedded(float[] vector) implements GenerationEvent {}

  /**
   * A generated token.
   *
   * @param token its id; a stop token is reported too, {@code Finished} follows it
   * @param score its log-probability, when asked for
   */
  record Token(int token, @Nullable TokenScore score) implements GenerationEvent {}

  /** The generation ended well. */
  record Finished(FinishReason reason) implements GenerationEvent {}

  /** The generation was cancelled. */
  record Cancelled(CancelCause cause) implements GenerationEvent {}

  /** The generation failed; the message is for logs, not for clients. */
  record Failed(String message) implements GenerationEvent {}

  /** Whether no event follows this one. */
  default boolean isLast() {
    return switch (this) {
      case PromptCached c -> false;
      case PromptScored p -> false;
      case Embedded e -> false;
      case Token t -> false;
      case Finished f -> true;
      case Cancelled c -> true;
      case Failed f -> true;
    };
  }
}
