package dev.whit.hub;

import java.io.IOException;
import java.time.Duration;

/** How often something is tried, and how long to wait in between. One use, one thread. */
final class Retry {
  private static final int ATTEMPTS = 6;
  private static final Duration LONGEST = Duration.ofMinutes(2);

  private final String what;
  private final Duration pause;
  private final PullListener listener;
  private int failures;

  /**
   * @param what is tried, for messages
   * @param pause wait after the first failure; doubled after each further one
   */
  Retry(String what, Duration pause, PullListener listener) {
    this.what = what;
    this.pause = pause;
    this.listener = listener;
  }

  /** It got further: failures before do not count any more. */
  void reset() {
    failures = 0;
  }

  /**
   * Waits before the next attempt, as long as the server asks.
   *
   * @throws HubException when there were enough
   */
  void failed(IOException failure) throws InterruptedException {
    failures++;
    if (failures == ATTEMPTS) {
      throw new HubException(
          "%s: gave up after %d attempts: %s".formatted(what, failures, reason(failure)), failure);
    }
    Duration asked =
        failure instanceof HubClient.RetryableException retryable ? retryable.retryAfter : null;
    Duration wait = asked != null ? asked : pause.multipliedBy(1L << (failures - 1));
    if (wait.compareTo(LONGEST) > 0) {
      wait = LONGEST;
    }
    listener.onRetry(
        "%s: %s; again in %.1f s".formatted(what, reason(failure), wait.toMillis() / 1000.0));
    Thread.sleep(wait);
  }

  private static String reason(IOException failure) {
    return failure instanceof HubClient.RetryableException
        ? String.valueOf(failure.getMessage())
        : failure.toString();
  }
}
