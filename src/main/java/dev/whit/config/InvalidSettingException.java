package dev.whit.config;

/**
 * A setting that is unknown or has no acceptable value: which one, the value, and what would do.
 */
public final class InvalidSettingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With the whole story in one line. */
  public InvalidSettingException(String message) {
    super(message);
  }
}
