package dev.whit.selfcheck;

/** A check has nothing to check on this server; the message says why. */
final class NotApplicable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NotApplicable(String message) {
    super(message, null, false, false);
  }
}
