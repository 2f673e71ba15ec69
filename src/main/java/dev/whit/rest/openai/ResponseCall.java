package dev.whit.rest.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.whit.api.ApiException;
import dev.whit.api.ChatMessage;
import dev.whit.api.ChatRequest;
import dev.whit.api.GenerationOptions;
import dev.whit.api.TextStream;
import dev.whit.api.ToolUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /v1/responses}: text in, text out, answered as a chat is. Nothing is
 * kept: each request brings its whole conversation.
 *
 * @param request what to generate
 * @param delivery how to send it
 * @param instructions what the client put before the conversation, for the reply
 * @param metadata what the client wants to find in the reply
 */
public record ResponseCall(
    ChatRequest request, Delivery delivery, @Nullable String instructions, JsonNode metadata) {
  private static final int MAX_ITEMS = 4096;
  private static final List<String> ROLES = List.of("user", "assistant", "system", "developer");
  private static final List<String> PARTS = List.of("input_text", "output_text");

  /**
   * Reads a body.
   *
   * @throws ApiException.InvalidRequest if it is not as it must be
   */
  public static ResponseCall parse(byte[] body) {
    return parse(JsonFields.parse(body));
  }

  static ResponseCall parse(JsonFields fields) {
    UnsupportedFields.refuseInResponse(fields);
    Integer maxTokens = fields.integer("max_output_tokens", 1, Integer.MAX_VALUE);
    GenerationOptions options = OptionsReader.read(fields, maxTokens, -1);
    String instructions = fields.text("instructions");
    List<ChatMessage> messages = new ArrayList<>();
    if (instructions != null) {
      messages.add(message("system", instructions));
    }
    messages.addAll(input(fields.value("input")));
    JsonFields _ = fields.object("metadata");
    JsonNode metadata = fields.value("metadata");
    return new ResponseCall(
        new ChatRequest(
            fields.text("model"),
            messages,
            options,
            ToolUse.NONE,
            true,
            false,
            Map.of(),
            PromptsReader.keptTokens(fields)),
        new Delivery(fields.flag("stream", false), true),
        instructions,
        metadata == null ? JsonNodeFactory.instance.objectNode() : metadata);
  }

  private static List<ChatMessage> input(@Nullable JsonNode value) {
    if (value == null) {
      throw new ApiException.InvalidRequest("input", "input is required");
    }
    if (value.isTextual()) {
      return List.of(message("user", JsonFields.text(value, "input")));
    }
    if (!value.isArray()) {
      throw JsonFields.invalidAt("input", "must be a string or an array of messages", value);
    }
    if (value.isEmpty()) {
      throw new ApiException.InvalidRequest("input", "input is empty");
    }
    OptionsReader.checkSize(value, "input", MAX_ITEMS);
    List<ChatMessage> messages = new ArrayList<>();
    for (JsonNode item : value) {
      messages.add(message(JsonFields.object(item, "input[" + messages.size() + "]")));
    }
    return messages;
  }

  private static ChatMessage message(JsonFields item) {
    String type = item.text("type");
    if (type != null && !type.equals("message")) {
      throw new ApiException.InvalidRequest(
          item.path("type"), item.path("type") + " must be message: other items are not supported");
    }
    String role = ChatCall.role(item, ROLES);
    return message(role, ChatCall.content(item.value("content"), item.path("content"), PARTS));
  }

  private static ChatMessage message(String role, String content) {
    return new ChatMessage(role, content, null, null, List.of(), null);
  }

  /** The form of its reply. */
  public ReplyFormat format(TextStream stream) {
    return new ResponseReply.Format(stream, this);
  }
}
