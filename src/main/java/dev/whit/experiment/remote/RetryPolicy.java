package dev.whit.experiment.remote;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Which failures before the first byte of a reply are worth another try, and when. To ask a model
 * twice changes nothing but the work that it does.
 */
final class RetryPolicy {
  static final int MAX_RETRIES = 2;

  /** A remote that wants to be left alone for longer is not waited for. */
  static final Duration MAX_RETRY_AFTER = Duration.ofSeconds(2);

  private static final Duration FIRST_DELAY = Duration.ofMillis(100);
  private static final int TOO_MANY_REQUESTS = 429;
  private static final Set<Integer> PASSING_FAILURES = Set.of(502, 503, 504);

  private RetryPolicy() {}

  /**
   * How long to wait before the next try.
   *
   * @param retries how many there were
   * @return empty if there shall be none
   */
  static Optional<Duration> delay(RemoteException failure, int retries, RandomGenerator random) {
    Duration retryAfter = failure.retryAfter();
    boolean worthIt =
        switch (failure.reason()) {
          case CONNECT, RESET -> true;
          case STATUS ->
              failure.status() == TOO_MANY_REQUESTS
                  ? retryAfter != null
                  : PASSING_FAILURES.contains(failure.status());
          // After a silence another would double the wait; the others do not pass by themselves.
          case BUSY, CIRCUIT_OPEN, NO_KEY, TIMEOUT, ERROR, BAD_REPLY, DEADLINE, CANCELLED -> false;
        };
    if (!worthIt
        || retries >= MAX_RETRIES
        || (retryAfter != null && retryAfter.compareTo(MAX_RETRY_AFTER) > 0)) {
      return Optional.empty();
    }
    // Between once and twice the delay, so that callers that failed together do not return so.
    Duration backoff = FIRST_DELAY.multipliedBy(1L << retries);
    Duration jitter = Duration.ofNanos(random.nextLong(backoff.toNanos()));
    return Optional.of((retryAfter == null ? backoff : retryAfter).plus(jitter));
  }

  /** The value of a {@code Retry-After} header; a date counts as forever. */
  static @Nullable Duration retryAfter(@Nullable String header) {
    if (header == null) {
      return null;
    }
    return header.matches("[0-9]{1,9}")
        ? Duration.ofSeconds(Long.parseLong(header))
        : ChronoUnit.FOREVER.getDuration();
  }
}
