package dev.whit.api;

/**
 * Tokens of a request.
 *
 * @param promptTokens tokens of its prompts, each prompt counted once
 * @param cachedTokens those of them that were in the prefix cache
 * @param completionTokens tokens generated for all its choices
 */
public record Usage(int promptTokens, int cachedTokens, int completionTokens) {}
