package dev.whit.api;

import dev.whit.backend.RequestLabel;
import java.time.Duration;

/**
 * What is known of a request beside its body.
 *
 * @param id the request's id, for logs and replies
 * @param caller who asks, opaque: callers share the models evenly
 * @param limit how long its answer may take
 * @param label what it counts as in metrics
 */
public record RequestOrigin(String id, String caller, Duration limit, RequestLabel label) {
  /** No limit: the answer takes as long as it needs. */
  public static final Duration UNLIMITED = Duration.ofNanos(Long.MAX_VALUE);

  /** Of a request that no experiment has routed. */
  public RequestOrigin(String id, String caller, Duration limit) {
    this(id, caller, limit, RequestLabel.NONE);
  }

  /** The same, counted as part of an experiment. */
  public RequestOrigin labelled(RequestLabel newLabel) {
    return new RequestOrigin(id, caller, limit, newLabel);
  }
}
