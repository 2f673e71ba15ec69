package dev.whit.tokenizer.jinja;

/**
 * What Python would raise while a template runs: a TypeError, an UndefinedError, a limit. Carries
 * no stack trace; {@link JinjaTemplate#render} adds the line and hands it out as a {@link
 * dev.whit.tokenizer.ChatTemplateException}.
 */
final class EvaluationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  EvaluationException(String message) {
    super(message, null, false, false);
  }
}
