package dev.whit.api;

import org.jspecify.annotations.Nullable;

/**
 * A message of a conversation.
 *
 * @param role who speaks: system, developer, user, assistant or tool
 * @param content the text
 * @param name name of the speaker
 * @param toolCallId the call that a tool's message answers
 */
public record ChatMessage(
    String role, String content, @Nullable String name, @Nullable String toolCallId) {}
