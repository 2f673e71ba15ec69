package dev.whit.api;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;

/** Completes prompts. */
@Singleton
public final class CompletionService {
  private static final int DEFAULT_MAX_TOKENS = 16;

  private final ModelRegistry models;

  /** Over the served models. */
  @Inject
  public CompletionService(ModelRegistry models) {
    this.models = models;
  }

  /**
   * Starts to complete the prompts.
   *
   * @param origin where the request comes from
   * @throws ApiException if the request cannot be taken
   */
  public TextStream complete(CompletionRequest request, RequestOrigin origin) {
    ServedModel model = models.resolve(request.model());
    GenerationOptions options = request.options();
    int maxTokens =
        options.maxTokens() == null
            ? Math.max(DEFAULT_MAX_TOKENS, options.minTokens())
            : options.maxTokens();
    List<EncodedPrompt> prompts = new ArrayList<>();
    for (Prompt prompt : request.prompts()) {
      int[] ids =
          model
              .promptEncoder()
              .encode(prompt, "prompt", true, Math.min(maxTokens, 1), request.keptTokens());
      Prompt kept = request.keptTokens() == null ? prompt : new Prompt.Tokens(ids);
      String echo = request.echo() ? text(model, kept) : null;
      prompts.add(new EncodedPrompt(ids, echo, maxTokens));
    }
    ReplyShape shape = ReplyShape.content(model.constraints().of(options.format()));
    return TextStream.start(model, origin, prompts, options, shape);
  }

  private static String text(ServedModel model, Prompt prompt) {
    return switch (prompt) {
      case Prompt.Text text -> text.text();
      case Prompt.Tokens tokens ->
          ChoiceText.withoutIncompleteEnd(model.tokenizer().decode(tokens.ids(), true));
    };
  }
}
