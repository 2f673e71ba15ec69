package dev.whit.backend;

/** A submitted generation. */
public interface Generation {
  /**
   * Gives it up; its memory is free within one step. A last event follows unless it already has
   * come. Safe from any thread, any number of times; the first cause counts.
   */
  void cancel(CancelCause cause);
}
