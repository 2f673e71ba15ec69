package dev.whit.rest.access;

import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * How many requests of each caller may run at once, and begin in a minute (a token bucket that is
 * full at first). Safe for use by many threads.
 */
public final class CallerLimits {
  private static final double NANOS_PER_MINUTE = Duration.ofMinutes(1).toNanos();
  private static final Duration UNTIL_ONE_ENDS = Duration.ofSeconds(1);

  private final OptionalInt maxConcurrent;
  private final OptionalInt perMinute;
  private final LongSupplier nanoTime;
  private final Map<String, Usage> usages = new ConcurrentHashMap<>();

  /** A caller is over a limit. */
  public static final class LimitExceeded extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Duration retryAfter;

    LimitExceeded(String message, Duration retryAfter) {
      super(message, null, false, false);
      this.retryAfter = retryAfter;
    }

    /** When the caller may try again. */
    public Duration retryAfter() {
      return retryAfter;
    }
  }

  /** What one caller has used; guarded by itself. */
  private static final class Usage {
    private int running;
    private double tokens;
    private long filledAt;

    Usage(double tokens, long now) {
      this.tokens = tokens;
      this.filledAt = now;
    }
  }

  /** Limits, where there are any. */
  public CallerLimits(OptionalInt maxConcurrent, OptionalInt perMinute) {
    this(maxConcurrent, perMinute, System::nanoTime);
  }

  CallerLimits(OptionalInt maxConcurrent, OptionalInt perMinute, LongSupplier nanoTime) {
    this.maxConcurrent = maxConcurrent;
    this.perMinute = perMinute;
    this.nanoTime = nanoTime;
  }

  /**
   * Begins a request.
   *
   * @return ends it; once, however often it is called
   * @throws LimitExceeded if the caller must wait
   */
  public Runnable begin(String caller) {
    Usage usage =
        usages.computeIfAbsent(caller, key -> new Usage(perMinute.orElse(0), nanoTime.getAsLong()));
    synchronized (usage) {
      if (maxConcurrent.isPresent() && usage.running >= maxConcurrent.getAsInt()) {
        throw new LimitExceeded(
            "this API key has %d requests running, its limit is %d"
                .formatted(usage.running, maxConcurrent.getAsInt()),
            UNTIL_ONE_ENDS);
      }
      perMinute.ifPresent(limit -> takeToken(usage, limit));
      usage.running++;
    }
    AtomicBoolean ended = new AtomicBoolean();
    return () -> {
      if (!ended.getAndSet(true)) {
        synchronized (usage) {
          usage.running--;
        }
      }
    };
  }

  private void takeToken(Usage usage, int limit) {
    long now = nanoTime.getAsLong();
    double earned = (now - usage.filledAt) / NANOS_PER_MINUTE * limit;
    usage.tokens = Math.min(limit, usage.tokens + earned);
    usage.filledAt = now;
    if (usage.tokens < 1) {
      double wait = (1 - usage.tokens) / limit * NANOS_PER_MINUTE;
      throw new LimitExceeded(
          "this API key may begin %d requests a minute".formatted(limit),
          Duration.ofNanos((long) Math.ceil(wait)));
    }
    usage.tokens--;
  }
}
