package dev.whit.backend;

/** The one port to whatever generates tokens. Implementations are safe for use by many threads. */
public interface Backend extends AutoCloseable {
  /** What it serves. */
  BackendInfo info();

  /**
   * Queues a generation. Events arrive on the backend's thread, possibly before this method
   * returns.
   *
   * @throws RejectedException if it cannot be taken now
   */
  Generation submit(GenerationRequest request, GenerationListener listener);

  /** Whether the step loop is alive: false when it has failed or has not beaten for too long. */
  boolean isHealthy();

  /** Stops admitting, cancels what runs with {@link CancelCause#SHUTDOWN}, and frees everything. */
  @Override
  void close();
}
