package dev.whit.engine;

import dev.whit.backend.BackendListener.GenerationStats;
import dev.whit.backend.GenerationEvent;
import java.time.Duration;

/** When a sequence reached each stage of its life, in nanoseconds of the engine's clock. */
final class Timeline {
  private final long arrived;
  private boolean scheduled;
  private long started;
  private int tokens;
  private long firstToken;
  private long lastToken;

  Timeline(long arrived) {
    this.arrived = arrived;
  }

  /** A step with the sequence begins; only the first counts. */
  void started(long now) {
    if (!scheduled) {
      scheduled = true;
      started = now;
    }
  }

  /** A token was generated. Returns the time since the one before, or since arrival. */
  Duration token(long now) {
    long previous = tokens == 0 ? arrived : lastToken;
    if (tokens++ == 0) {
      firstToken = now;
    }
    lastToken = now;
    return Duration.ofNanos(now - previous);
  }

  /** Tokens generated. */
  int tokens() {
    return tokens;
  }

  /** The whole life, seen from its end. */
  GenerationStats stats(GenerationEvent outcome, int promptTokens, long now) {
    long queuedUntil = scheduled ? started : now;
    long prefilledUntil = tokens > 0 ? firstToken : now;
    long decodedUntil = tokens > 0 ? lastToken : now;
    return new GenerationStats(
        outcome,
        promptTokens,
        tokens,
        Duration.ofNanos(queuedUntil - arrived),
        Duration.ofNanos(prefilledUntil - queuedUntil),
        Duration.ofNanos(decodedUntil - prefilledUntil),
        Duration.ofNanos(now - arrived));
  }
}
