package dev.whit.tokenizer;

import java.nio.file.Path;

/** A tokenizer file that is missing or cannot be used, in one line: which file and why. */
public final class TokenizerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The file and the reason. */
  public TokenizerException(Path file, String reason) {
    super(file + ": " + reason);
  }

  /** The file, the reason and what was thrown. */
  public TokenizerException(Path file, String reason, Throwable cause) {
    super(file + ": " + reason, cause);
  }
}
