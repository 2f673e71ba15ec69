package dev.whit.rest;

import dev.whit.experiment.remote.RemoteCall;
import dev.whit.experiment.remote.RemoteReply;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;

/** Makes replies of a remote's answers, whole or streamed, with the remote's own bytes. */
@Singleton
final class RelayedAnswers {
  private final Duration pingInterval;

  @Inject
  RelayedAnswers(HttpLimits limits) {
    this.pingInterval = limits.pingInterval();
  }

  /**
   * Waits for the whole answer, or for the beginning of a streamed one as long as its client can do
   * without a ping.
   *
   * @throws dev.whit.experiment.remote.RemoteException if it fails before; nothing is answered
   *     then, and another may
   */
  Response reply(RoutingContext exchange, RemoteCall call, RelayObserver observer)
      throws InterruptedException {
    Exchange.whenClientGoes(exchange, call::cancel);
    RemoteReply reply = call.open(observer::gap);
    boolean streaming = false;
    try {
      byte[] first = reply.next(pingInterval);
      while (first == null && !reply.isStream()) {
        first = reply.next(pingInterval);
      }
      Exchange.answering(exchange);
      RelayedReply relayed = new RelayedReply(exchange, reply, first, observer);
      if (!reply.isStream()) {
        relayed.ended(null);
        return Response.status(reply.status()).entity(first).type(reply.contentType()).build();
      }
      streaming = true;
      return Response.ok(relayed, MediaType.SERVER_SENT_EVENTS_TYPE)
          .header(HttpHeaders.CACHE_CONTROL, "no-cache")
          .header("X-Accel-Buffering", "no")
          .build();
    } finally {
      if (!streaming) {
        reply.close();
      }
    }
  }
}
