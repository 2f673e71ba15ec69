package dev.whit.tokenizer;

import java.nio.file.Path;

/** A tokenizer file that is missing or cannot be used, in one line: which file and why. */
public final class TokenizerException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int MAX_TEXT_LENGTH = 500;

  /** The file and the reason. */
  public TokenizerException(Path file, String reason) {
    super(oneLine(file + ": " + reason));
  }

  /** The file, the reason and what was thrown. */
  public TokenizerException(Path file, String reason, Throwable cause) {
    super(oneLine(file + ": " + reason), cause);
  }

  /** Reasons repeat what the file says: keeps them to one line of bearable length. */
  private static String oneLine(String text) {
    String cut =
        text.length() > MAX_TEXT_LENGTH ? text.substring(0, MAX_TEXT_LENGTH) + "..." : text;
    return cut.replaceAll("[\\p{Cntrl}\\u0085\\u2028\\u2029]", "?");
  }
}
