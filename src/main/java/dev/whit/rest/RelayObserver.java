package dev.whit.rest;

import dev.whit.api.Usage;
import dev.whit.experiment.remote.RemoteException;
import dev.whit.experiment.remote.ReplyMeter;
import org.jspecify.annotations.Nullable;

/** Who wants to know of an answer that is relayed from a remote; on the thread that relays it. */
interface RelayObserver {
  /** Name of the model, for the log. */
  String model();

  /** So many nanoseconds lay between two events with tokens. */
  void gap(long nanos);

  /** Tokens of the answer: what it says itself, or else counted. */
  Usage usage(ReplyMeter meter);

  /**
   * The answer goes no further, once for each that has begun.
   *
   * @param failure what went wrong at the remote after the client had got its first byte; null if
   *     nothing did: then the answer is complete, or its client has gone
   */
  void ended(ReplyMeter meter, @Nullable RemoteException failure);
}
