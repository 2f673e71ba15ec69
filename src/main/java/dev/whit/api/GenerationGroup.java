package dev.whit.api;

import dev.whit.backend.Backend;
import dev.whit.backend.CancelCause;
import dev.whit.backend.Generation;
import dev.whit.backend.GenerationEvent;
import dev.whit.backend.GenerationRequest;
import dev.whit.backend.RejectedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The generations of one request, and their events in the order in which they come. One thread
 * submits and reads; any thread may give them up.
 */
final class GenerationGroup {
  private final Backend backend;
  private final RequestOrigin origin;
  private final BlockingQueue<Arrival> arrivals;
  private final List<Generation> generations = new ArrayList<>();
  private final long start = System.nanoTime();
  private volatile @Nullable CancelCause abandoned;
  private int submitted;

  /**
   * An event of a generation; without one it only wakes the reader.
   *
   * @param generation its index in the order of submission
   */
  record Arrival(int generation, @Nullable GenerationEvent event) {}

  /**
   * No generations yet.
   *
   * @param maxUnread events that may be unread before the reader counts as too slow
   */
  GenerationGroup(Backend backend, RequestOrigin origin, int maxUnread) {
    this.backend = backend;
    this.origin = origin;
    this.arrivals = new LinkedBlockingQueue<>(maxUnread);
  }

  /**
   * Adds a generation.
   *
   * @throws ApiException.Overloaded if the backend's queue is full
   * @throws ApiException.Unavailable if the backend takes no requests
   */
  void submit(GenerationRequest request) {
    int index = submitted;
    try {
      Generation generation = backend.submit(request, event -> arrive(new Arrival(index, event)));
      submitted++;
      synchronized (generations) {
        generations.add(generation);
      }
    } catch (RejectedException e) {
      throw switch (e.reason()) {
        case QUEUE_FULL ->
            new ApiException.Overloaded("the queue is full, try again later", e.retryAfter());
        case UNAVAILABLE ->
            new ApiException.Unavailable("the model takes no requests now", e.retryAfter());
      };
    }
  }

  private void arrive(Arrival arrival) {
    if (!arrivals.offer(arrival)) {
      abandon(CancelCause.SLOW_READER);
    }
  }

  /**
   * Waits for an event.
   *
   * @param nanos how long to wait
   * @return null if nothing came within that time
   * @throws ApiException if the generations have been given up, or their time is over
   */
  @Nullable Arrival poll(long nanos) throws InterruptedException {
    long left = origin.limit().toNanos() - (System.nanoTime() - start);
    Arrival arrival = arrivals.poll(Math.min(nanos, left), TimeUnit.NANOSECONDS);
    if (left <= 0 || (arrival == null && left <= nanos)) {
      abandon(CancelCause.DEADLINE);
    }
    CancelCause cause = abandoned;
    if (cause != null) {
      throw failure(cause);
    }
    return arrival;
  }

  /** Why there is no whole answer when generations were given up. */
  static ApiException failure(CancelCause cause) {
    return switch (cause) {
      case STOP_STRING, CLIENT_GONE -> new ApiException.ClientGone("the client went away");
      case SLOW_READER -> new ApiException.ClientGone("the client reads too slowly");
      case DEADLINE ->
          new ApiException.DeadlineExceeded("the answer was not finished within its time");
      case UNLOADED ->
          new ApiException.Unavailable("the model is being unloaded", Duration.ofSeconds(10));
      case SHUTDOWN ->
          new ApiException.Unavailable("the server is shutting down", Duration.ofSeconds(10));
    };
  }

  /** Gives one up. */
  void cancel(int generation, CancelCause cause) {
    synchronized (generations) {
      generations.get(generation).cancel(cause);
    }
  }

  /** Gives all up that have not ended, and wakes the reader, who learns the first cause. */
  void abandon(CancelCause cause) {
    if (abandoned == null) {
      abandoned = cause;
    }
    cancelAll(cause);
    // Where there is no room the reader has something to wake up for.
    boolean _ = arrivals.offer(new Arrival(0, null));
  }

  /** Gives all up that have not ended. */
  void cancelAll(CancelCause cause) {
    List<Generation> all;
    synchronized (generations) {
      all = List.copyOf(generations);
    }
    all.forEach(generation -> generation.cancel(cause));
  }
}
