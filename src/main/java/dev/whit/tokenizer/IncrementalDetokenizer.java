package dev.whit.tokenizer;

/**
 * Decodes one growing sequence of tokens into text that never ends inside a character: what {@link
 * #add} and at the end {@link #finish} return, concatenated, is what {@link Tokenizer#decode} makes
 * of the whole sequence. One thread at a time.
 */
public interface IncrementalDetokenizer {
  /** Adds a token; returns the text that is now certain, possibly empty. */
  String add(int token);

  /** Returns what is left: incomplete characters as U+FFFD. */
  String finish();
}
