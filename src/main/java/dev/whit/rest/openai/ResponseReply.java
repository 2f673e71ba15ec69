package dev.whit.rest.openai;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.whit.api.Finish;
import dev.whit.api.GenerationOptions;
import dev.whit.api.TextDelta;
import dev.whit.api.TextStream;
import dev.whit.api.Usage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A {@code response}: one message of one text. What a model thinks before it is not part of it, as
 * with OpenAI.
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record ResponseReply(
    String id,
    String object,
    long createdAt,
    String status,
    @Nullable String error,
    @Nullable IncompleteDetails incompleteDetails,
    @Nullable String instructions,
    @Nullable Integer maxOutputTokens,
    String model,
    List<Item> output,
    boolean parallelToolCalls,
    boolean store,
    double temperature,
    String toolChoice,
    List<Object> tools,
    double topP,
    String truncation,
    JsonNode metadata,
    @Nullable Tokens usage) {

  /** Why it ended early. */
  record IncompleteDetails(String reason) {}

  /** The message. */
  record Item(String type, String id, String status, String role, List<Part> content) {}

  /** Its text. */
  record Part(String type, String text, List<Object> annotations, List<Object> logprobs) {
    static Part of(String text) {
      return new Part("output_text", text, List.of(), List.of());
    }
  }

  /** {@code usage}, under the names that responses have for it. */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Tokens(
      int inputTokens,
      Map<String, Integer> inputTokensDetails,
      int outputTokens,
      Map<String, Integer> outputTokensDetails,
      int totalTokens) {
    static Tokens of(Usage usage) {
      return new Tokens(
          usage.promptTokens(),
          // What the cache takes in is not counted by request.
          Map.of("cached_tokens", usage.cachedTokens(), "cache_write_tokens", 0),
          usage.completionTokens(),
          Map.of("reasoning_tokens", 0), // they are not told apart
          usage.promptTokens() + usage.completionTokens());
    }
  }

  /**
   * An event of a streamed response.
   *
   * @param fields all of it, its type and {@code sequence_number} among them
   */
  record Event(String type, @JsonValue Map<String, @Nullable Object> fields)
      implements NamedEvent {}

  /** The form of responses. */
  static final class Format implements ReplyFormat {
    private final TextStream stream;
    private final ResponseCall call;
    private final long created = Instant.now().getEpochSecond();
    private final String itemId;
    private final StringBuilder text = new StringBuilder();
    private @Nullable Finish finish;
    private int events;

    Format(TextStream stream, ResponseCall call) {
      this.stream = stream;
      this.call = call;
      itemId = "msg_" + stream.id();
    }

    @Override
    public Object whole(List<TextDelta> answers, Usage usage) {
      TextDelta answer = answers.getFirst();
      text.append(answer.text());
      finish = answer.finish();
      return response(List.of(item(status())), usage);
    }

    @Override
    public List<Object> chunks(TextDelta delta) {
      List<Object> chunks = new ArrayList<>();
      if (events == 0) {
        chunks.add(ofResponse("response.created", response(List.of(), null)));
        chunks.add(ofResponse("response.in_progress", response(List.of(), null)));
        Item begun = new Item("message", itemId, "in_progress", "assistant", List.of());
        chunks.add(ofItem("response.output_item.added", begun));
        chunks.add(ofPart("response.content_part.added", "part", Part.of("")));
      }
      if (!delta.text().isEmpty()) {
        text.append(delta.text());
        chunks.add(ofText("response.output_text.delta", "delta", delta.text()));
      }
      if (delta.finish() != null) {
        finish = delta.finish();
        chunks.add(ofText("response.output_text.done", "text", text.toString()));
        chunks.add(ofPart("response.content_part.done", "part", Part.of(text.toString())));
        chunks.add(ofItem("response.output_item.done", item(status())));
      }
      return chunks;
    }

    @Override
    public Object usageChunk(Usage usage) {
      return ofResponse("response." + status(), response(List.of(item(status())), usage));
    }

    @Override
    public Object error(ErrorReply reply) {
      Event event = event("error");
      event.fields().put("message", reply.error().message());
      event.fields().put("code", reply.error().code());
      event.fields().put("param", reply.error().param());
      return event;
    }

    @Override
    public boolean endsWithDone() {
      return false;
    }

    private String status() {
      return switch (finish) {
        case null -> "in_progress";
        case STOP, TOOL_CALLS -> "completed";
        case LENGTH -> "incomplete";
      };
    }

    private Item item(String status) {
      return new Item("message", itemId, status, "assistant", List.of(Part.of(text.toString())));
    }

    private ResponseReply response(List<Item> output, @Nullable Usage usage) {
      GenerationOptions options = call.request().options();
      return new ResponseReply(
          "resp_" + stream.id(),
          "response",
          created,
          status(),
          null,
          finish == Finish.LENGTH ? new IncompleteDetails("max_output_tokens") : null,
          call.instructions(),
          options.maxTokens(),
          stream.model(),
          output,
          true,
          false,
          options.temperature(),
          "auto",
          List.of(),
          options.topP(),
          "disabled",
          call.metadata(),
          usage == null ? null : Tokens.of(usage));
    }

    private Event event(String type) {
      Map<String, @Nullable Object> fields = new LinkedHashMap<>();
      fields.put("type", type);
      fields.put("sequence_number", events++);
      return new Event(type, fields);
    }

    private Event ofResponse(String type, ResponseReply response) {
      Event event = event(type);
      event.fields().put("response", response);
      return event;
    }

    private Event ofItem(String type, Item item) {
      Event event = event(type);
      event.fields().put("output_index", 0);
      event.fields().put("item", item);
      return event;
    }

    private Event ofPart(String type, String name, Object value) {
      Event event = event(type);
      event.fields().put("item_id", itemId);
      event.fields().put("output_index", 0);
      event.fields().put("content_index", 0);
      event.fields().put(name, value);
      return event;
    }

    private Event ofText(String type, String name, String value) {
      Event event = ofPart(type, name, value);
      event.fields().put("logprobs", List.of());
      return event;
    }
  }
}
