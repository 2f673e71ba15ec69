package dev.whit.rest.openai;

import dev.whit.api.ApiException;
import dev.whit.api.EmbeddingRequest;

/**
 * The body of {@code POST /v1/embeddings}.
 *
 * @param request what to embed
 * @param base64 whether vectors are sent as base64 rather than as numbers
 */
public record EmbeddingCall(EmbeddingRequest request, boolean base64) {
  private static final int MAX_INPUTS = 2048;

  /**
   * Reads a body.
   *
   * @throws ApiException.InvalidRequest if it is not as it must be
   */
  public static EmbeddingCall parse(byte[] body) {
    return parse(JsonFields.parse(body));
  }

  static EmbeddingCall parse(JsonFields fields) {
    boolean base64 = isSecond(fields, "encoding_format", "float", "base64");
    boolean lastToken = isSecond(fields, "pooling", "mean", "last");
    Integer priority = fields.integer("priority", Integer.MIN_VALUE, Integer.MAX_VALUE);
    String _ = fields.text("user");
    EmbeddingRequest request =
        new EmbeddingRequest(
            fields.text("model"),
            PromptsReader.read(fields, "input", MAX_INPUTS),
            lastToken,
            fields.integer("dimensions", 1, Integer.MAX_VALUE),
            PromptsReader.keptTokens(fields),
            priority == null ? 0 : priority,
            OptionsReader.cacheSalt(fields));
    return new EmbeddingCall(request, base64);
  }

  /** Whether a field has the second of its two values; the first is the default. */
  private static boolean isSecond(JsonFields fields, String name, String first, String second) {
    String value = fields.text(name);
    if (value != null && !value.equals(first) && !value.equals(second)) {
      throw new ApiException.InvalidRequest(
          name, "%s must be %s or %s".formatted(name, first, second));
    }
    return second.equals(value);
  }
}
