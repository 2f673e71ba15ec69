package dev.whit.api;

import org.jspecify.annotations.Nullable;

/**
 * What comes next of a tool call.
 *
 * @param index its place among the answer's calls
 * @param id its id, where it begins
 * @param name the function's name, where it begins
 * @param arguments the next piece of its arguments, a JSON object as text
 */
public record ToolCallDelta(
    int index, @Nullable String id, @Nullable String name, String arguments) {}
