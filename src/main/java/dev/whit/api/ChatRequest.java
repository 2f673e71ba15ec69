package dev.whit.api;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A conversation to continue.
 *
 * @param model name of the model, null for the only one
 * @param messages the messages, at least one
 * @param options how to generate
 * @param tools the tools that the model may call
 * @param addGenerationPrompt whether the template opens a turn of the assistant
 * @param continueFinalMessage whether the last message is left open and continued
 * @param templateArguments further variables of the template: strings, numbers, booleans, lists,
 *     maps
 * @param keptTokens how many of the prompt's last tokens are kept at most, null for all
 */
public record ChatRequest(
    @Nullable String model,
    List<ChatMessage> messages,
    GenerationOptions options,
    ToolUse tools,
    boolean addGenerationPrompt,
    boolean continueFinalMessage,
    Map<String, Object> templateArguments,
    @Nullable Integer keptTokens) {

  public ChatRequest {
    messages = List.copyOf(messages);
  }

  /** The same for another model, at another priority. */
  public ChatRequest of(String otherModel, int priority) {
    return new ChatRequest(
        otherModel,
        messages,
        options.prioritised(priority),
        tools,
        addGenerationPrompt,
        continueFinalMessage,
        templateArguments,
        keptTokens);
  }
}
