package dev.whit.eval;

import java.nio.file.Path;

/** A file that an evaluation reads cannot be used. */
public final class EvalException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public EvalException(Path file, String what) {
    super(file + ": " + what);
  }

  EvalException(String what) {
    super(what);
  }
}
