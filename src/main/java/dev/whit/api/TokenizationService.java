package dev.whit.api;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Lets clients see what the models' tokenizers do. */
@Singleton
public final class TokenizationService {
  /** Longest text, in characters: that of a book, far beyond any context. */
  private static final int MAX_TEXT = 1 << 20;

  private final ModelRegistry models;

  /** Over the served models. */
  @Inject
  public TokenizationService(ModelRegistry models) {
    this.models = models;
  }

  /**
   * A tokenised text.
   *
   * @param tokens its ids
   * @param tokenTexts the tokens as written in the vocabulary, null for an id without one
   * @param maxContext most tokens of the model's context
   */
  public record Tokenized(int[] tokens, List<@Nullable String> tokenTexts, int maxContext) {}

  /**
   * What a tokenizer is.
   *
   * @param specialTokens texts of {@code bos_token}, {@code eos_token}, …
   * @param chatTemplate source of the chat template, if there is one
   * @param size number of ids
   * @param maxContext most tokens of the model's context
   */
  public record Description(
      Map<String, String> specialTokens, @Nullable String chatTemplate, int size, int maxContext) {}

  /**
   * The model whose tokenizer is meant: any where none is named and all have the same, as
   * lm-evaluation-harness names none.
   */
  private ServedModel resolve(@Nullable String model) {
    List<ServedModel> served = models.models();
    boolean same =
        served.stream().map(each -> each.tokenizer().definition()).distinct().count() == 1;
    return models.resolve(model == null && same ? served.getFirst().name() : model);
  }

  /**
   * Token ids of a text, which may be longer than the context: clients cut it into windows.
   *
   * @param model null where all have the same tokenizer
   * @param addSpecialTokens whether the tokenizer adds its special tokens
   * @throws ApiException if there is no such model, or the text is too long
   */
  public Tokenized tokenize(@Nullable String model, String text, boolean addSpecialTokens) {
    ServedModel served = resolve(model);
    if (text.length() > MAX_TEXT) {
      throw new ApiException.InvalidRequest(
          "prompt", "prompt has %d characters; the limit is %d".formatted(text.length(), MAX_TEXT));
    }
    int[] ids = served.tokenizer().encode(text, addSpecialTokens);
    List<@Nullable String> texts = new ArrayList<>();
    for (int id : ids) {
      texts.add(served.tokenizer().token(id));
    }
    return new Tokenized(ids, texts, served.backend().info().maxContext());
  }

  /**
   * Text of token ids, special tokens included.
   *
   * @throws ApiException if there is no such model, or an id is none of its tokenizer's
   */
  public String detokenize(@Nullable String model, int[] ids) {
    ServedModel served = resolve(model);
    int size = served.tokenizer().size();
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= size) {
        throw new ApiException.InvalidRequest(
            "tokens",
            "tokens[%d] is %d; this model's ids are 0 to %d".formatted(i, ids[i], size - 1));
      }
    }
    return served.tokenizer().decode(ids, false);
  }

  /** Describes a tokenizer. */
  public Description describe(@Nullable String model) {
    ServedModel served = models.resolve(model);
    return new Description(
        served.specialTokens(),
        served.chatTemplate() == null ? null : served.chatTemplate().source(),
        served.tokenizer().size(),
        served.backend().info().maxContext());
  }
}
