package dev.whit.app;

import java.nio.file.Path;

/** A file named in the settings that cannot be used: which one and why. */
final class BadFileException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BadFileException(Path file, String reason) {
    super(file + ": " + reason);
  }
}
