package dev.whit.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * A function that a model may call.
 *
 * @param name its name
 * @param parameters JSON Schema of its arguments, an object
 * @param field path of that schema in the request, for messages
 * @param definition the whole tool as the client wrote it, for the chat template
 */
public record Tool(
    String name, JsonNode parameters, String field, Map<String, Object> definition) {}
