package dev.whit.experiment.remote;

import dev.whit.experiment.remote.CircuitBreaker.Permit;
import dev.whit.experiment.remote.RemoteException.Reason;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** A request to a remote, tried again where that may help as long as no reply has begun. */
public final class RemoteCall {
  private final RemoteEndpoint endpoint;
  private final RemoteRequest request;
  private final Deadline deadline;
  private final CountDownLatch cancelled = new CountDownLatch(1);
  private volatile @Nullable RemoteStream current;

  RemoteCall(RemoteEndpoint endpoint, RemoteRequest request, Duration limit) {
    this.endpoint = endpoint;
    this.request = request;
    this.deadline = new Deadline(limit);
  }

  /**
   * Sends it and waits for the head of the reply, blocking a virtual thread.
   *
   * @param gaps is told the time between two events with tokens, in nanoseconds
   * @return a reply that its reader closes
   * @throws RemoteException if there is none
   */
  public RemoteReply open(LongConsumer gaps) throws InterruptedException {
    RequestOptions options = endpoint.options(request);
    for (int retries = 0; ; retries++) {
      Permit permit = endpoint.circuit().tryAcquire();
      if (permit == null) {
        throw new RemoteException(
            Reason.CIRCUIT_OPEN, "the remote model has failed repeatedly and is not asked now");
      }
      try {
        return attempt(options, permit, gaps);
      } catch (RemoteException e) {
        Optional<Duration> delay = RetryPolicy.delay(e, retries, ThreadLocalRandom.current());
        if (delay.isEmpty() || delay.get().toNanos() >= deadline.left()) {
          throw e;
        }
        if (cancelled.await(delay.get().toNanos(), TimeUnit.NANOSECONDS)) {
          throw RemoteException.cancelled();
        }
        if (endpoint.circuit().state() == CircuitBreaker.State.OPEN) {
          throw e;
        }
      }
    }
  }

  private RemoteReply attempt(RequestOptions options, Permit permit, LongConsumer gaps)
      throws InterruptedException {
    RemoteStream stream = null;
    boolean settled = false;
    try {
      stream = endpoint.stream(deadline);
      current = stream;
      if (cancelled.getCount() == 0) {
        throw RemoteException.cancelled();
      }
      stream.begin(endpoint.client(), options, request.body());
      RemoteReply reply = RemoteReply.of(stream.awaitHead(), stream, permit, gaps);
      settled = true;
      return reply;
    } catch (RemoteException e) {
      if (e.reason() != Reason.CANCELLED && e.reason() != Reason.BUSY) {
        permit.failed();
      }
      throw e;
    } finally {
      if (!settled) {
        permit.abandoned();
        if (stream != null) {
          stream.cancel();
        }
      }
    }
  }

  /** Gives it up, and its reply if there is one, and tells the remote at once; from any thread. */
  public void cancel() {
    cancelled.countDown();
    RemoteStream stream = current;
    if (stream != null) {
      stream.cancel();
    }
  }
}
