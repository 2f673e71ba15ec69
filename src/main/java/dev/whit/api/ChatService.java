package dev.whit.api;

import dev.whit.backend.TokenConstraint;
import dev.whit.tokenizer.ChatTemplate;
import dev.whit.tokenizer.ChatTemplateException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

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
    String prompt = render(model, request);
    int[] ids =
        model
            .promptEncoder()
            .encode(new Prompt.Text(prompt), "messages", false, 1, request.keptTokens());
    GenerationOptions options = request.options();
    int room = model.backend().info().maxContext() - ids.length;
    int maxTokens = options.maxTokens() == null ? room : options.maxTokens();
    return TextStream.start(
        model,
        origin,
        List.of(new EncodedPrompt(ids, null, maxTokens)),
        options,
        shape(model, request, prompt, origin.id()));
  }

  private static ReplyShape shape(
      ServedModel model, ChatRequest request, String prompt, String id) {
    String template = model.chatTemplate() == null ? "" : model.chatTemplate().source();
    ToolUse use = request.tools();
    ToolSyntax syntax = model.toolSyntax();
    TokenConstraint constraint = model.constraints().of(request.options().format(), use);
    boolean thinks = constraint == null && template.contains(ReasoningParser.END);
    boolean begun = prompt.stripTrailing().endsWith(ReasoningParser.BEGIN);
    Set<String> names = use.callable().stream().map(Tool::name).collect(Collectors.toSet());
    Set<String> markers = new HashSet<>();
    if (thinks) {
      markers.addAll(List.of(ReasoningParser.BEGIN, ReasoningParser.END));
    }
    if (use.mayCall()) {
      markers.addAll(syntax.markers());
    }
    return new ReplyShape(
        constraint,
        choice -> {
          MessageParser parser =
              use.mayCall()
                  ? new ToolCallParser(syntax, names, call -> callId(id, choice, call))
                  : MessageParser.plain();
          return thinks ? new ReasoningParser(begun, parser) : parser;
        },
        markers);
  }

  /** Nine letters and digits: Mistral's templates take no other ids. */
  private static String callId(String request, int choice, int call) {
    byte[] source = (request + " " + choice + " " + call).getBytes(StandardCharsets.UTF_8);
    return UUID.nameUUIDFromBytes(source).toString().replace("-", "").substring(0, 9);
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
    if (request.tools().mayCall()) {
      variables.put("tools", request.tools().definitions());
    }
    String text;
    try {
      text = template.render(variables);
    } catch (ChatTemplateException e) {
      throw new ApiException.InvalidRequest(
          "messages", "the model's chat template: " + e.getMessage());
    }
    return request.continueFinalMessage() ? upToFinalMessage(text, request.messages()) : text;
  }

  private static Map<String, @Nullable Object> variables(ChatMessage message) {
    Map<String, @Nullable Object> variables = new LinkedHashMap<>();
    variables.put("role", message.role());
    variables.put("content", message.content());
    if (!message.toolCalls().isEmpty()) {
      variables.put("tool_calls", message.toolCalls());
    }
    if (message.reasoning() != null) {
      variables.put("reasoning_content", message.reasoning());
    }
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
    int at = content == null ? -1 : text.lastIndexOf(content.strip());
    if (content == null || at < 0 || content.isBlank()) {
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
