package dev.whit.constraint;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A function that can be called.
 *
 * @param name its name
 * @param parameters JSON Schema of its arguments
 */
public record FunctionSpec(String name, JsonNode parameters) {}
