package dev.whit.api;

/**
 * Tokens of a request.
 *
 * @param promptTokens tokens of its prompts, each prompt counted once
 * @param completionTokens tokens generated for all its choices
 */
public record Usage(int promptTokens, int completionTokens) {}
