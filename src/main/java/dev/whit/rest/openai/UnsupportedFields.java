package dev.whit.rest.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whit.api.ApiException;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Fields that this version does not build, and the values that ask for nothing and are taken
 * therefore. Anything else is refused, never silently ignored.
 */
final class UnsupportedFields {
  private static final Map<String, Predicate<JsonNode>> ALL =
      Map.of("truncate_prompt_tokens", UnsupportedFields::never);

  private static final Map<String, Predicate<JsonNode>> COMPLETION =
      Map.of("suffix", UnsupportedFields::never, "best_of", number(1));

  private static final Map<String, Predicate<JsonNode>> CHAT =
      Map.of(
          "chat_template",
          UnsupportedFields::never,
          "documents",
          value -> value.isArray() && value.isEmpty());

  private UnsupportedFields() {}

  static void refuseInCompletion(JsonFields request) {
    refuse(request, ALL);
    refuse(request, COMPLETION);
  }

  static void refuseInChat(JsonFields request) {
    refuse(request, ALL);
    refuse(request, CHAT);
  }

  static void refuseInEmbedding(JsonFields request) {
    refuse(request, ALL);
  }

  private static boolean never(JsonNode value) {
    return false;
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
