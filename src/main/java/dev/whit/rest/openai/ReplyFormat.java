package dev.whit.rest.openai;

import dev.whit.api.Finish;
import dev.whit.api.TextDelta;
import dev.whit.api.Usage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts the answers to one request into the form of one kind of reply. One thread at a time. */
public interface ReplyFormat {
  /** The whole reply. */
  Object whole(List<TextDelta> answers, Usage usage);

  /** The chunks of a streamed reply that say what a delta says. */
  List<Object> chunks(TextDelta delta);

  /** The last chunk, with the usage. */
  Object usageChunk(Usage usage);

  /** An event that says why a streamed reply is not completed. */
  default Object error(ErrorReply reply) {
    return reply;
  }

  /** Whether a stream ends with {@code [DONE]}. */
  default boolean endsWithDone() {
    return true;
  }

  /** {@code finish_reason}. */
  static @Nullable String finishReason(@Nullable Finish finish) {
    return switch (finish) {
      case null -> null;
      case STOP -> "stop";
      case LENGTH -> "length";
      case TOOL_CALLS -> "tool_calls";
    };
  }

  /** {@code token_ids}: what was generated, without the prompt. */
  static int[] tokenIds(TextDelta delta) {
    return delta.tokens().stream()
        .filter(token -> !token.isPrompt())
        .mapToInt(token -> token.id())
        .toArray();
  }

  /** JSON has no −∞: a log-probability that low is written as OpenAI writes it. */
  static float finite(float logprob) {
    return Math.max(logprob, -9999f);
  }
}
