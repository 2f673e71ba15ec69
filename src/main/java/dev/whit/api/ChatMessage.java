package dev.whit.api;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message of a conversation.
 *
 * @param role who speaks: system, developer, user, assistant or tool
 * @param content the text, null where there are only calls
 * @param name name of the speaker
 * @param toolCallId the call that a tool's message answers
 * @param toolCalls the calls of an assistant's message, as the template is to see them
 * @param reasoning what the assistant thought
 */
public record ChatMessage(
    String role,
    @Nullable String content,
    @Nullable String name,
    @Nullable String toolCallId,
    List<Map<String, Object>> toolCalls,
    @Nullable String reasoning) {
  public ChatMessage {
    toolCalls = List.copyOf(toolCalls);
  }
}
