package dev.whit.api;

import java.time.Duration;

/**
 * What is known of a request beside its body.
 *
 * @param id the request's id, for logs and replies
 * @param caller who asks, opaque: callers share the models evenly
 * @param limit how long its answer may take
 */
public record RequestOrigin(String id, String caller, Duration limit) {
  /** No limit: the answer takes as long as it needs. */
  public static final Duration UNLIMITED = Duration.ofNanos(Long.MAX_VALUE);
}
