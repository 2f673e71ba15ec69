package dev.whit.api;

/** What is to be completed. */
public sealed interface Prompt {
  /** A text; the tokenizer adds what it adds to a text of its model (a BOS token for most). */
  record Text(String text) implements Prompt {}

  /** Token ids, taken as they are. */
  record Tokens(int[] ids) implements Prompt {}
}
