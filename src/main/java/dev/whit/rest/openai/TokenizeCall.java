package dev.whit.rest.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whit.api.ApiException;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /tokenize}, in vLLM's shape.
 *
 * @param model null where all have the same tokenizer
 * @param addSpecialTokens whether the tokenizer adds its special tokens
 * @param returnTokenTexts whether the reply has the tokens' texts too
 */
public record TokenizeCall(
    @Nullable String model, String prompt, boolean addSpecialTokens, boolean returnTokenTexts) {
  /**
   * Reads a body.
   *
   * @throws ApiException.InvalidRequest if it is not as it must be
   */
  public static TokenizeCall parse(byte[] body) {
    return parse(JsonFields.parse(body));
  }

  static TokenizeCall parse(JsonFields fields) {
    String prompt = fields.text("prompt");
    if (prompt == null) {
      JsonNode messages = fields.value("messages");
      throw new ApiException.InvalidRequest(
          messages == null ? "prompt" : "messages",
          messages == null ? "prompt is required" : "messages is not supported yet, give a prompt");
    }
    return new TokenizeCall(
        fields.text("model"),
        prompt,
        fields.flag("add_special_tokens", true),
        fields.flag("return_token_strs", false));
  }
}
