package dev.whit.rest.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whit.api.ApiException;
import dev.whit.api.ChatMessage;
import dev.whit.api.ChatRequest;
import dev.whit.api.GenerationOptions;
import dev.whit.api.TextStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /v1/chat/completions}.
 *
 * @param request what to generate
 * @param delivery how to send it
 */
public record ChatCall(ChatRequest request, Delivery delivery) {
  private static final int MAX_MESSAGES = 4096;
  private static final List<String> ROLES =
      List.of("system", "developer", "user", "assistant", "tool");
  private static final List<String> PARTS = List.of("text");
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Reads a body.
   *
   * @throws ApiException.InvalidRequest if it is not as it must be
   */
  public static ChatCall parse(byte[] body) {
    return parse(JsonFields.parse(body));
  }

  static ChatCall parse(JsonFields fields) {
    UnsupportedFields.refuseInChat(fields);
    GenerationOptions options =
        OptionsReader.read(fields, OptionsReader.maxTokens(fields, 1), logprobs(fields));
    List<ChatMessage> messages = messages(fields.value("messages"));
    boolean continueFinal = fields.flag("continue_final_message", false);
    boolean addPrompt = fields.flag("add_generation_prompt", !continueFinal);
    if (continueFinal && addPrompt) {
      throw new ApiException.InvalidRequest(
          "continue_final_message",
          "continue_final_message and add_generation_prompt must not both be true");
    }
    return new ChatCall(
        new ChatRequest(
            fields.text("model"),
            messages,
            options,
            ToolsReader.read(fields),
            addPrompt,
            continueFinal,
            templateArguments(fields),
            PromptsReader.keptTokens(fields)),
        Delivery.read(fields));
  }

  /** The form of its reply. */
  public ReplyFormat format(TextStream stream) {
    return new ChatReply.Format(
        stream, request.options().tokenIds(), request.options().logprobs() >= 0);
  }

  private static int logprobs(JsonFields fields) {
    boolean wanted = fields.flag("logprobs", false);
    Integer alternatives = fields.integer("top_logprobs", 0, OptionsReader.MAX_LOGPROBS);
    int count = alternatives == null ? 0 : alternatives;
    if (count > 0 && !wanted) {
      throw new ApiException.InvalidRequest(
          "top_logprobs", "top_logprobs needs logprobs to be true");
    }
    return wanted ? count : -1;
  }

  private static Map<String, Object> templateArguments(JsonFields fields) {
    JsonFields arguments = fields.object("chat_template_kwargs");
    JsonNode value = fields.value("chat_template_kwargs");
    return arguments == null || value == null
        ? Map.of()
        : JSON.convertValue(
            value, JSON.getTypeFactory().constructMapType(Map.class, String.class, Object.class));
  }

  private static List<ChatMessage> messages(@Nullable JsonNode value) {
    if (value == null) {
      throw new ApiException.InvalidRequest("messages", "messages is required");
    }
    if (!value.isArray()) {
      throw JsonFields.invalidAt("messages", "must be an array of messages", value);
    }
    if (value.isEmpty()) {
      throw new ApiException.InvalidRequest("messages", "messages is empty");
    }
    OptionsReader.checkSize(value, "messages", MAX_MESSAGES);
    List<ChatMessage> messages = new ArrayList<>();
    for (JsonNode element : value) {
      messages.add(message(JsonFields.object(element, "messages[" + messages.size() + "]")));
    }
    return messages;
  }

  private static ChatMessage message(JsonFields fields) {
    String role = role(fields, ROLES);
    List<Map<String, Object>> calls =
        ToolsReader.calls(fields.value("tool_calls"), fields.path("tool_calls"));
    JsonNode content = fields.value("content");
    boolean onlyCalls = content == null && role.equals("assistant") && !calls.isEmpty();
    return new ChatMessage(
        role,
        onlyCalls ? null : content(content, fields.path("content"), PARTS),
        fields.text("name"),
        fields.text("tool_call_id"),
        calls,
        fields.text("reasoning_content"));
  }

  /** {@code role}, which must be one of some. */
  static String role(JsonFields message, List<String> allowed) {
    String role = message.text("role");
    if (role == null || !allowed.contains(role)) {
      throw new ApiException.InvalidRequest(
          message.path("role"),
          message.path("role") + " must be one of " + String.join(", ", allowed));
    }
    return role;
  }

  /**
   * {@code content}: a string, or parts that are joined.
   *
   * @param types of parts that are text
   */
  static String content(@Nullable JsonNode value, String path, List<String> types) {
    if (value == null) {
      throw new ApiException.InvalidRequest(path, path + " is required");
    }
    if (value.isTextual()) {
      return JsonFields.text(value, path);
    }
    if (!value.isArray()) {
      throw JsonFields.invalidAt(path, "must be a string or an array of text parts", value);
    }
    List<String> parts = new ArrayList<>();
    for (JsonNode element : value) {
      JsonFields part = JsonFields.object(element, path + "[" + parts.size() + "]");
      String text = part.text("text");
      String type = part.text("type");
      if (type == null || !types.contains(type) || text == null) {
        throw new ApiException.InvalidRequest(
            part.path("type"),
            "%s must be %s, with its text: other parts are not supported"
                .formatted(part.path("type"), String.join(" or ", types)));
      }
      parts.add(text);
    }
    return String.join("\n", parts);
  }
}
