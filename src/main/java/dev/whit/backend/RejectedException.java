package dev.whit.backend;

import java.time.Duration;

/** A request that a backend cannot take now. */
public final class RejectedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** The queue is full: try again later. */
    QUEUE_FULL,
    /** The backend is draining, closed or failed. */
    UNAVAILABLE
  }

  private final Reason reason;
  private final transient Duration retryAfter;

  /** A rejection that suggests when to try again. */
  public RejectedException(Reason reason, Duration retryAfter, String message) {
    super(message);
    this.reason = reason;
    this.retryAfter = retryAfter;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }

  /** When to try again. */
  public Duration retryAfter() {
    return retryAfter;
  }
}
