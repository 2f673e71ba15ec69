package dev.whit.tokenizer;

/** A template that refuses its input ({@code raise_exception}) or cannot be parsed or evaluated. */
public final class ChatTemplateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With the template's own words, or what could not be evaluated and where. */
  public ChatTemplateException(String message) {
    super(message);
  }
}
