package dev.whit.api;

import dev.whit.tokenizer.ChatTemplate;
import dev.whit.tokenizer.ChatTemplateException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Continues conversations: rendered by the model's template, then completed. */
@Singleton
public final class ChatService {
  private final ModelRegistry models;

  /** Over the served models. */
  @Inject
  public ChatService(ModelRegistry models) {
    this.models = models;
  }

  /**
   * Starts to continue the conversation.
   *
   * @param origin where the request comes from
   * @throws ApiException if the request cannot be taken
   */
  public TextStream chat(ChatRequest request, RequestOrigin origin) {
    ServedModel model = models.resolve(request.model());
    // The template has written the special tokens that its format begins with.
    Prompt prompt = new Prompt.Text(render(model, request));
    int[] ids = model.promptEncoder().encode(prompt, "messages", false, 1);
    GenerationOptions options = request.options();
    int room = model.backend().info().maxContext() - ids.length;
    int maxTokens = options.maxTokens() == null ? room : options.maxTokens();
    return TextStream.start(
        model, origin, List.of(new EncodedPrompt(ids, null, maxTokens)), options);
  }

  private static String render(ServedModel model, ChatRequest request) {
    ChatTemplate template = model.chatTemplate();
    if (template == null) {
      throw new ApiException.InvalidRequest(
          "model",
          "the model %s has no chat template: it only completes texts".formatted(model.name()));
    }
    Map<String, Object> variables = new LinkedHashMap<>(request.templateArguments());
    variables.putAll(model.specialTokens());
    variables.put("messages", request.messages().stream().map(ChatService::variables).toList());
    variables.put("add_generation_prompt", request.addGenerationPrompt());
    String text;
    try {
      text = template.render(variables);
    } catch (ChatTemplateException e) {
      throw new ApiException.InvalidRequest(
          "messages", "the model's chat template: " + e.getMessage());
    }
    return request.continueFinalMessage() ? upToFinalMessage(text, request.messages()) : text;
  }

  private static Map<String, Object> variables(ChatMessage message) {
    Map<String, Object> variables = new LinkedHashMap<>();
    variables.put("role", message.role());
    variables.put("content", message.content());
    if (message.name() != null) {
      variables.put("name", message.name());
    }
    if (message.toolCallId() != null) {
      variables.put("tool_call_id", message.toolCallId());
    }
    return variables;
  }

  /** The rendering without what closes the last message's turn. */
  private static String upToFinalMessage(String text, List<ChatMessage> messages) {
    String content = messages.getLast().content();
    int at = text.lastIndexOf(content.strip());
    if (at < 0 || content.isBlank()) {
      throw new ApiException.InvalidRequest(
          "continue_final_message", "the model's chat template does not show the last message");
    }
    // Templates may strip a message's end, in which case it cannot be continued in mid-air.
    String full = content.stripLeading();
    return text.startsWith(full, at)
        ? text.substring(0, at + full.length())
        : text.substring(0, at + content.strip().length());
  }
}
