package dev.whit.rest.openai;

import dev.whit.api.ApiException;
import dev.whit.api.ModelOrder;

/** The body of {@code POST /admin/models}. */
public final class ModelOrderCall {
  private ModelOrderCall() {}

  /**
   * Reads a body.
   *
   * @throws ApiException.InvalidRequest if it is not as it must be
   */
  public static ModelOrder parse(byte[] body) {
    return parse(JsonFields.parse(body));
  }

  static ModelOrder parse(JsonFields fields) {
    return new ModelOrder(
        required(fields, "name"),
        required(fields, "path"),
        fields.text("base"),
        fields.integer("ctx", 1, Integer.MAX_VALUE),
        fields.text("head"));
  }

  private static String required(JsonFields fields, String name) {
    String value = fields.text(name);
    if (value == null || value.isEmpty()) {
      throw new ApiException.InvalidRequest(name, name + " is required");
    }
    return value;
  }
}
