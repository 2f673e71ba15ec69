package dev.whit.rest.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whit.api.ApiException;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /detokenize}, in vLLM's shape.
 *
 * @param model null where all have the same tokenizer
 */
public record DetokenizeCall(@Nullable String model, int[] tokens) {
  /**
   * Reads a body.
   *
   * @throws ApiException.InvalidRequest if it is not as it must be
   */
  public static DetokenizeCall parse(byte[] body) {
    return parse(JsonFields.parse(body));
  }

  static DetokenizeCall parse(JsonFields fields) {
    JsonNode tokens = fields.value("tokens");
    if (tokens == null) {
      throw new ApiException.InvalidRequest("tokens", "tokens is required");
    }
    return new DetokenizeCall(fields.text("model"), JsonFields.integers(tokens, "tokens"));
  }
}
