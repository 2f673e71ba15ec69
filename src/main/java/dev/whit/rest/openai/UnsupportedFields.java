package dev.whit.rest.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whit.api.ApiException;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Fields that this version does not build, and the values that ask for nothing and are taken
 * therefore. Anything else is refused, never silently ignored.
 */
final class UnsupportedFields {
  private static final Map<String, Predicate<JsonNode>> COMPLETION =
      Map.of("suffix", UnsupportedFields::never, "best_of", number(1));

  private static final Map<String, Predicate<JsonNode>> CHAT =
      Map.of(
          "chat_template", UnsupportedFields::never, "documents", UnsupportedFields::isEmptyArray);

  /** Of responses: what only a server could do that keeps them, and what is not text. */
  private static final Map<String, Predicate<JsonNode>> RESPONSE =
      Map.ofEntries(
          Map.entry("background", UnsupportedFields::isFalse),
          Map.entry("conversation", UnsupportedFields::never),
          Map.entry("include", UnsupportedFields::isEmptyArray),
          Map.entry("max_tool_calls", UnsupportedFields::never),
          Map.entry("n", number(1)),
          Map.entry("previous_response_id", UnsupportedFields::never),
          Map.entry("prompt", UnsupportedFields::never),
          Map.entry("reasoning", UnsupportedFields::never),
          Map.entry("return_token_ids", UnsupportedFields::isFalse),
          Map.entry("store", UnsupportedFields::isFalse),
          Map.entry("stream_options", UnsupportedFields::never),
          Map.entry("text", UnsupportedFields::isPlainText),
          Map.entry("tool_choice", text("none", "auto")),
          Map.entry("tools", UnsupportedFields::isEmptyArray),
          Map.entry("top_logprobs", number(0)),
          Map.entry("truncation", text("disabled")));

  private UnsupportedFields() {}

  static void refuseInCompletion(JsonFields request) {
    refuse(request, COMPLETION);
  }

  static void refuseInChat(JsonFields request) {
    refuse(request, CHAT);
  }

  static void refuseInResponse(JsonFields request) {
    refuse(request, RESPONSE);
  }

  private static boolean never(JsonNode value) {
    return false;
  }

  private static boolean isFalse(JsonNode value) {
    return value.isBoolean() && !value.booleanValue();
  }

  private static boolean isEmptyArray(JsonNode value) {
    return value.isArray() && value.isEmpty();
  }

  private static boolean isPlainText(JsonNode value) {
    JsonNode format = value.path("format");
    return value.isObject()
        && (format.isMissingNode() || format.path("type").asText().equals("text"));
  }

  private static Predicate<JsonNode> text(String... neutral) {
    return value -> value.isTextual() && List.of(neutral).contains(value.textValue());
  }

  private static Predicate<JsonNode> number(double neutral) {
    return value -> value.isNumber() && value.doubleValue() == neutral;
  }

  private static void refuse(JsonFields fields, Map<String, Predicate<JsonNode>> unsupported) {
    unsupported.forEach((name, asksForNothing) -> {
      JsonNode value = fields.value(name);
      if (value != null && !asksForNothing.test(value)) {
        String path = fields.path(name);
        throw new ApiException.InvalidRequest(path, path + " is not supported yet by this version");
      }
    });
  }
}
