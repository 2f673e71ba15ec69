package dev.whit.api;

import dev.whit.backend.BackendInfo;
import dev.whit.tokenizer.Tokenizer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Turns prompts into token ids that fit the model's vocabulary and context. */
final class PromptEncoder {
  /** Keeps as many of a prompt's last tokens as the context has room for. */
  static final int AS_MANY_AS_FIT = Integer.MAX_VALUE;

  /** Longest text that is tokenized to be cut, in characters. */
  private static final int MAX_CUT_TEXT = 1 << 20;

  private final Tokenizer tokenizer;
  private final int maxContext;
  private final int vocabularySize;
  private final int longestToken;

  PromptEncoder(Tokenizer tokenizer, BackendInfo info) {
    this.tokenizer = tokenizer;
    this.maxContext = info.maxContext();
    this.vocabularySize = info.vocabularySize();
    int longest = 1;
    for (int id = 0; id < tokenizer.size(); id++) {
      String token = tokenizer.token(id);
      longest = token == null ? longest : Math.max(longest, token.length());
    }
    this.longestToken = longest;
  }

  /**
   * Token ids of a prompt.
   *
   * @param field the request's field, for messages
   * @param addSpecialTokens whether the tokenizer adds its special tokens to a text
   * @param answer tokens that there must be room for: 1, or 0 if nothing is to be generated
   * @param kept how many of the last tokens are kept at most, {@link #AS_MANY_AS_FIT}, or null for
   *     all, which must fit
   * @throws ApiException.InvalidRequest if it is empty, has ids outside the vocabulary, or does not
   *     fit the context
   */
  int[] encode(
      Prompt prompt, String field, boolean addSpecialTokens, int answer, @Nullable Integer kept) {
    int room = kept == null ? Integer.MAX_VALUE : room(kept, answer);
    int[] all =
        switch (prompt) {
          case Prompt.Text text -> encode(text.text(), field, addSpecialTokens, kept != null);
          case Prompt.Tokens tokens -> checkVocabulary(tokens.ids(), field);
        };
    int[] ids = all.length <= room ? all : Arrays.copyOfRange(all, all.length - room, all.length);
    if (ids.length == 0) {
      throw new ApiException.InvalidRequest(field, field + " is empty");
    }
    if (ids.length > maxContext) {
      throw new ApiException.InvalidRequest(
          field,
          "this model's maximum context length is %d tokens, but %s has %d tokens"
              .formatted(maxContext, field, ids.length));
    }
    if (ids.length + answer > maxContext) {
      throw new ApiException.InvalidRequest(
          field,
          "this model's maximum context length is %d tokens, and %s with its %d tokens leaves no room for an answer"
              .formatted(maxContext, field, ids.length));
    }
    return ids;
  }

  private int room(int kept, int answer) {
    if (kept != AS_MANY_AS_FIT && kept > maxContext) {
      throw new ApiException.InvalidRequest(
          "truncate_prompt_tokens",
          "truncate_prompt_tokens must be at most %d, this model's context, not %d"
              .formatted(maxContext, kept));
    }
    return Math.min(kept, maxContext - answer);
  }

  private int[] encode(String text, String field, boolean addSpecialTokens, boolean cut) {
    if (text.isEmpty()) {
      return new int[0];
    }
    // Tokenizing megabytes takes long: what cannot fit is refused unseen.
    if (cut && text.length() > MAX_CUT_TEXT) {
      throw new ApiException.InvalidRequest(
          field,
          "%s has %d characters; the limit is %d where it is to be truncated"
              .formatted(field, text.length(), MAX_CUT_TEXT));
    }
    long atLeast = text.length() / longestToken;
    if (!cut && atLeast > maxContext) {
      throw new ApiException.InvalidRequest(
          field,
          "this model's maximum context length is %d tokens, but %s has at least %d tokens"
              .formatted(maxContext, field, atLeast));
    }
    return tokenizer.encode(text, addSpecialTokens);
  }

  private int[] checkVocabulary(int[] ids, String field) {
    for (int id : ids) {
      if (id < 0 || id >= vocabularySize) {
        throw new ApiException.InvalidRequest(
            field,
            "%s has the token id %d; this model's ids are 0 to %d"
                .formatted(field, id, vocabularySize - 1));
      }
    }
    return ids;
  }
}
