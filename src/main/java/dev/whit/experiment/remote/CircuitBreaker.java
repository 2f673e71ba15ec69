package dev.whit.experiment.remote;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps calls from a remote that fails anyway. Closed, it counts outcomes; after enough failures it
 * opens, and calls are refused at once; after a time it is half open and lets one probe through,
 * whose outcome closes or opens it again (Nygard, "Release It!", chapter "Stability Patterns").
 * Thread-safe.
 */
public final class CircuitBreaker {
  private final Settings settings;
  private final LongSupplier nanoTime;

  /** The last outcomes, true for success. */
  private final Deque<Boolean> outcomes = new ArrayDeque<>();

  private State state = State.CLOSED;
  private int consecutiveFailures;

  /** Counts changes of the state: a call counts only in the one that let it through. */
  private int era;

  /** When a probe may pass, unless closed. */
  private long probeAt;

  /** Whether calls are let through. */
  public enum State {
    /** All are. */
    CLOSED,
    /** None is. */
    OPEN,
    /** One is, to see. */
    HALF_OPEN
  }

  /**
   * When it opens.
   *
   * @param consecutiveFailures at so many failures one after the other
   * @param window or when of so many last calls
   * @param failureShare this share has failed
   * @param open for how long
   */
  record Settings(int consecutiveFailures, int window, double failureShare, Duration open) {
    static final Settings DEFAULT = new Settings(5, 20, 0.5, Duration.ofSeconds(5));
  }

  CircuitBreaker(Settings settings, LongSupplier nanoTime) {
    this.settings = settings;
    this.nanoTime = nanoTime;
  }

  /** Whether calls are let through. */
  synchronized State state() {
    return state;
  }

  /** Lets a call through, whose outcome must be told; null if it may not. */
  synchronized @Nullable Permit tryAcquire() {
    if (state != State.CLOSED) {
      if (nanoTime.getAsLong() - probeAt < 0) {
        return null;
      }
      enter(State.HALF_OPEN);
    }
    return new Permit();
  }

  private void enter(State next) {
    state = next;
    era++;
    outcomes.clear();
    consecutiveFailures = 0;
    // Half open too: a probe of which nothing is heard is not waited for forever.
    probeAt = nanoTime.getAsLong() + settings.open().toNanos();
  }

  private void count(boolean success) {
    outcomes.addLast(success);
    if (outcomes.size() > settings.window()) {
      outcomes.removeFirst();
    }
    consecutiveFailures = success ? 0 : consecutiveFailures + 1;
    long failures = outcomes.stream().filter(outcome -> !outcome).count();
    boolean mostlyFailing =
        outcomes.size() == settings.window()
            && failures >= settings.failureShare() * settings.window();
    if (consecutiveFailures >= settings.consecutiveFailures() || mostlyFailing) {
      enter(State.OPEN);
    }
  }

  /** A call that was let through. The first outcome that it tells counts. */
  final class Permit {
    private int since = era;
    private boolean settled;

    private Permit() {}

    /** The remote has begun to answer: enough for a probe, whose answer may take minutes. */
    void answering() {
      synchronized (CircuitBreaker.this) {
        if (!settled && since == era && state == State.HALF_OPEN) {
          enter(State.CLOSED);
          since = era;
        }
      }
    }

    /** The remote has answered. */
    void succeeded() {
      settle(true);
    }

    /** The remote has failed. */
    void failed() {
      settle(false);
    }

    /** The call was given up before its outcome was known. */
    void abandoned() {
      synchronized (CircuitBreaker.this) {
        if (!settled && since == era && state == State.HALF_OPEN) {
          probeAt = nanoTime.getAsLong();
        }
        settled = true;
      }
    }

    private void settle(boolean success) {
      synchronized (CircuitBreaker.this) {
        if (!settled && since == era) {
          if (state == State.HALF_OPEN) {
            enter(success ? State.CLOSED : State.OPEN);
          } else {
            count(success);
          }
        }
        settled = true;
      }
    }
  }
}
