package dev.whit.api;

import com.fasterxml.jackson.databind.JsonNode;

/** What form an answer must have. */
public sealed interface ResponseFormat {
  /** Any text. */
  record Text() implements ResponseFormat {}

  /** A JSON object. */
  record JsonObject() implements ResponseFormat {}

  /**
   * JSON that a schema validates.
   *
   * @param schema the schema, as the client wrote it
   * @param field path of the schema in the request, for messages
   */
  record JsonSchema(JsonNode schema, String field) implements ResponseFormat {}
}
