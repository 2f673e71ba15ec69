package dev.whit.tokenizer;

import org.jspecify.annotations.Nullable;

/**
 * Text to token ids and back, as the model's own tokenizer does it. Safe for use by many threads.
 */
public interface Tokenizer extends AutoCloseable {
  /**
   * Token ids of a text. Special tokens spelled out in the text become special tokens, as in
   * Hugging Face tokenizers.
   *
   * @param addSpecialTokens whether the post-processor adds what it adds (BOS for most Llamas)
   */
  int[] encode(String text, boolean addSpecialTokens);

  /** Text of a sequence of ids. Bytes that are not UTF-8 become U+FFFD. */
  String decode(int[] ids, boolean skipSpecialTokens);

  /** Number of ids: one more than the highest id, added tokens included. */
  int size();

  /** The token of an id as written in the vocabulary, or null when there is none. */
  @Nullable String token(int id);

  /** The id of a token as written in the vocabulary, or null when there is none. */
  @Nullable Integer id(String token);

  /** What it is made of, as a hash: tokenizers of one definition are the same one. */
  String definition();

  /** Whether an id is a special token. */
  boolean isSpecial(int id);

  /** A fresh decoder of one growing sequence. */
  IncrementalDetokenizer detokenizer(boolean skipSpecialTokens);

  @Override
  void close();
}
