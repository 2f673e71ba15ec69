package dev.whit.api;

import dev.whit.backend.BackendInfo;
import dev.whit.tokenizer.Tokenizer;

/** Turns prompts into token ids that fit the model's vocabulary and context. */
final class PromptEncoder {
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
   * @throws ApiException.InvalidRequest if it is empty, has ids outside the vocabulary, or does not
   *     fit the context
   */
  int[] encode(Prompt prompt, String field, boolean addSpecialTokens, int answer) {
    int[] ids =
        switch (prompt) {
          case Prompt.Text text -> encode(text.text(), field, addSpecialTokens);
          case Prompt.Tokens tokens -> checkVocabulary(tokens.ids(), field);
        };
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

  private int[] encode(String text, String field, boolean addSpecialTokens) {
    if (text.isEmpty()) {
      return new int[0];
    }
    // Tokenizing megabytes takes long: what cannot fit is refused unseen.
    long atLeast = text.length() / longestToken;
    if (atLeast > maxContext) {
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
