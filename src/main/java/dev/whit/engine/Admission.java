package dev.whit.engine;

import dev.whit.backend.RejectedException;
import dev.whit.backend.RejectedException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The door of an engine: bounds how many generations are inside and how many prompt tokens they
 * have, keeps arrivals until the engine thread takes them, and tells the refused when to come back.
 * Safe for use by many threads.
 *
 * <p>Who floods the queue fills it for itself only: both bounds are higher for a caller who has
 * nothing inside, by as much as can run at once.
 */
final class Admission {
  private static final Duration SHORTEST_RETRY = Duration.ofSeconds(1);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(60);
  private static final Duration RETRY_WHEN_CLOSED = Duration.ofSeconds(30);
  // Weight of the newest sample in the mean time of service.
  private static final double SMOOTHING = 0.125;

  private final EngineConfig config;
  private List<Sequence> arrivals = new ArrayList<>();
  private final Map<String, Integer> insideByCaller = new HashMap<>();
  private int inside;
  private long tokensInside;
  private boolean open = true;
  private double serviceSeconds;

  Admission(EngineConfig config) {
    this.config = config;
  }

  /** Lets a sequence in, or throws the reason why not. */
  synchronized void enter(Sequence sequence) {
    if (!open) {
      throw new RejectedException(
          Reason.UNAVAILABLE, RETRY_WHEN_CLOSED, "the model takes no more requests");
    }
    String caller = sequence.request().caller();
    int reserve = insideByCaller.containsKey(caller) ? 0 : config.maxSequences();
    int limit = config.maxSequences() + config.maxQueue() + reserve;
    if (inside >= limit) {
      throw new RejectedException(
          Reason.QUEUE_FULL,
          retryAfter(inside - config.maxSequences()),
          "the queue is full: %d generations run or wait, the limit is %d"
              .formatted(inside, limit));
    }
    long tokens = tokensInside + sequence.promptLength();
    long tokenLimit = config.maxQueueTokens() + (long) reserve * config.maxContext();
    if (inside > 0 && tokens > tokenLimit) {
      double tooMany = (double) tokens - tokenLimit;
      throw new RejectedException(
          Reason.QUEUE_FULL,
          retryAfter(Math.min(inside, tooMany / tokensInside * inside)),
          "the queue is full: %d prompt tokens run or wait, %d more pass the limit of %d"
              .formatted(tokensInside, sequence.promptLength(), tokenLimit));
    }
    inside++;
    tokensInside = tokens;
    insideByCaller.merge(caller, 1, Integer::sum);
    arrivals.add(sequence);
  }

  // Until so many of those that are here now have been served, at the speed of late.
  private Duration retryAfter(double generations) {
    double seconds = Math.ceil(generations * serviceSeconds / config.maxSequences());
    Duration estimate = Duration.ofSeconds((long) seconds);
    if (estimate.compareTo(SHORTEST_RETRY) < 0) {
      return SHORTEST_RETRY;
    }
    return estimate.compareTo(LONGEST_RETRY) > 0 ? LONGEST_RETRY : estimate;
  }

  /** The sequences that came since the last call, in order. */
  synchronized List<Sequence> takeArrivals() {
    if (arrivals.isEmpty()) {
      return List.of();
    }
    List<Sequence> taken = arrivals;
    arrivals = new ArrayList<>();
    return taken;
  }

  synchronized boolean hasArrivals() {
    return !arrivals.isEmpty();
  }

  /** A sequence is done, after {@code service} from its first step. */
  synchronized void leave(Sequence sequence, Duration service) {
    inside--;
    tokensInside -= sequence.promptLength();
    insideByCaller.computeIfPresent(
        sequence.request().caller(), (caller, count) -> count == 1 ? null : count - 1);
    double seconds = service.toNanos() * 1e-9;
    serviceSeconds += (seconds - serviceSeconds) * (serviceSeconds == 0 ? 1 : SMOOTHING);
    if (inside == 0) {
      notifyAll();
    }
  }

  /** Lets nobody in any more. */
  synchronized void close() {
    open = false;
  }

  /** Waits until nobody is inside, at most so long. */
  synchronized void awaitEmpty(Duration timeout) throws InterruptedException {
    long left = TimeUnit.NANOSECONDS.convert(timeout);
    long deadline = System.nanoTime() + left;
    while (inside > 0 && left > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = deadline - System.nanoTime();
    }
  }
}
