package dev.whit.load;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An answer while it is streamed: when its pieces came and how many tokens the server counts. */
final class Answer {
  private static final List<String> DELTAS = List.of("content", "reasoning_content", "tool_calls");

  private final long due;
  private final List<Duration> gaps = new ArrayList<>();
  private @Nullable Duration ttft;
  private long lastPiece;
  private int promptTokens;
  private int cachedTokens;
  private int outputTokens;

  /**
   * An answer to a request.
   *
   * @param due when the request was due, ns
   */
  Answer(long due) {
    this.due = due;
  }

  /** Takes an event of the stream in, at a time in ns. */
  void event(JsonNode event, long now) {
    if (hasPiece(event)) {
      if (ttft == null) {
        ttft = Duration.ofNanos(now - due);
      } else {
        gaps.add(Duration.ofNanos(now - lastPiece));
      }
      lastPiece = now;
    }
    JsonNode usage = event.path("usage");
    if (usage.isObject()) {
      promptTokens = usage.path("prompt_tokens").asInt();
      outputTokens = usage.path("completion_tokens").asInt();
      cachedTokens = usage.path("prompt_tokens_details").path("cached_tokens").asInt();
    }
  }

  // A chat's first event has the role only, the last ones a reason to finish and the usage.
  private static boolean hasPiece(JsonNode event) {
    for (JsonNode choice : event.path("choices")) {
      JsonNode delta = choice.path("delta");
      if (!choice.path("text").asText().isEmpty()
          || !choice.path("token_ids").isEmpty()
          || DELTAS.stream().anyMatch(name -> isFilled(delta.path(name)))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isFilled(JsonNode value) {
    return value.isTextual() ? !value.asText().isEmpty() : !value.isEmpty();
  }

  /** The answer is complete. */
  Outcome.Answered end(long now) {
    int pieces = ttft == null ? 0 : gaps.size() + 1;
    return new Outcome.Answered(
        ttft,
        gaps,
        Duration.ofNanos(now - due),
        promptTokens,
        cachedTokens,
        outputTokens == 0 ? pieces : outputTokens);
  }
}
