package dev.whit.rest.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whit.api.ApiException;
import dev.whit.api.ResponseFormat;
import org.jspecify.annotations.Nullable;

/** Reads {@code response_format}. */
final class ResponseFormatReader {
  private ResponseFormatReader() {}

  /** The form that is asked for; any text where none is. */
  static ResponseFormat read(@Nullable JsonFields format) {
    if (format == null) {
      return new ResponseFormat.Text();
    }
    String type = format.text("type");
    return switch (type == null ? "" : type) {
      case "text" -> new ResponseFormat.Text();
      case "json_object" -> new ResponseFormat.JsonObject();
      case "json_schema" -> schema(format);
      default ->
          throw new ApiException.InvalidRequest(
              format.path("type"),
              format.path("type") + " must be one of text, json_object, json_schema");
    };
  }

  private static ResponseFormat schema(JsonFields format) {
    JsonFields described = format.object("json_schema");
    if (described == null) {
      throw required(format.path("json_schema"));
    }
    String _ = described.text("name");
    String _ = described.text("description");
    boolean _ = described.flag("strict", false); // it is enforced either way
    JsonNode schema = described.value("schema");
    String path = described.path("schema");
    if (schema == null) {
      throw required(path);
    }
    if (!schema.isObject() && !schema.isBoolean()) {
      throw JsonFields.invalidAt(path, "must be a JSON Schema", schema);
    }
    return new ResponseFormat.JsonSchema(schema, path);
  }

  private static ApiException required(String path) {
    return new ApiException.InvalidRequest(path, path + " is required");
  }
}
