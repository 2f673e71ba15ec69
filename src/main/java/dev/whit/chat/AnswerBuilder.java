package dev.whit.chat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Puts an answer together from the events of its stream. */
final class AnswerBuilder {
  private final long begin;
  private final AnswerListener listener;
  private final StringBuilder text = new StringBuilder();
  private @Nullable Long first;
  private long last;
  private int pieces;
  private int tokens;
  private String finishReason = "no reason";

  /**
   * An answer to come.
   *
   * @param begin when the request was sent, ns
   */
  AnswerBuilder(long begin, AnswerListener listener) {
    this.begin = begin;
    this.listener = listener;
    this.last = begin;
  }

  /** Takes an event in, at a time in ns. */
  void add(JsonNode event, long now) {
    JsonNode choice = event.path("choices").path(0);
    JsonNode delta = choice.path("delta");
    String reasoning = delta.path("reasoning_content").asText("");
    String content = delta.path("content").asText("");
    if (!reasoning.isEmpty() || !content.isEmpty()) {
      first = first == null ? Long.valueOf(now) : first;
      last = now;
      pieces++;
    }
    if (!reasoning.isEmpty()) {
      listener.reasoning(reasoning);
    }
    if (!content.isEmpty()) {
      text.append(content);
      listener.content(content);
    }
    finishReason = choice.path("finish_reason").asText(finishReason);
    tokens = event.path("usage").path("completion_tokens").asInt(tokens);
  }

  /** The answer, which is complete. Pieces stand for tokens where the server counts none. */
  Answer build() {
    return new Answer(
        text.toString(),
        finishReason,
        tokens == 0 ? pieces : tokens,
        first == null ? null : Duration.ofNanos(first - begin),
        Duration.ofNanos(first == null ? 0 : last - first));
  }
}
