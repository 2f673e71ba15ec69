package dev.whit.experiment.remote;

import dev.whit.experiment.remote.RemoteException.Reason;
import java.time.Duration;

/** When the whole of a call must be over. */
final class Deadline {
  private final long begun = System.nanoTime();
  private final Duration limit;

  /** So long from now. */
  Deadline(Duration limit) {
    this.limit = limit;
  }

  /** Nanoseconds until then; 0 or less after it. */
  long left() {
    return limit.toNanos() - (System.nanoTime() - begun);
  }

  RemoteException exceeded() {
    return new RemoteException(
        Reason.DEADLINE,
        "the answer took longer than the limit of %.1f s".formatted(limit.toMillis() / 1e3));
  }
}
