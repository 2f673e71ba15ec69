package dev.whit.rest;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whit.api.ApiException;
import dev.whit.experiment.remote.RemoteException;
import dev.whit.experiment.remote.RemoteReply;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.ext.Provider;
import java.lang.reflect.Type;
import java.time.Duration;
import org.jboss.resteasy.reactive.server.spi.ServerHttpResponse;
import org.jboss.resteasy.reactive.server.spi.ServerRequestContext;
import org.jspecify.annotations.Nullable;

/**
 * Writes a remote's stream of events as it comes, on the request's virtual thread. Its bytes are
 * the remote's, in their order; between its events there may be comments of ours, which are no
 * events, and after its last one, if the remote fails, an error.
 */
@Provider
@Singleton
@Produces(MediaType.SERVER_SENT_EVENTS)
public final class RelayedReplyWriter extends StreamedReplyWriter<RelayedReply> {
  private final ObjectMapper json;
  private final Duration pingInterval;
  private final Duration slowReader;

  @Inject
  RelayedReplyWriter(ObjectMapper json, HttpLimits limits) {
    super(RelayedReply.class);
    this.json = json;
    this.pingInterval = limits.pingInterval();
    this.slowReader = limits.slowReader();
  }

  @Override
  public void writeResponse(RelayedReply relayed, Type type, ServerRequestContext context) {
    ServerHttpResponse response = context.serverResponse().setChunked(true);
    SseWriter out = new SseWriter(response, json, slowReader);
    RemoteException failure = null;
    try {
      failure = relay(relayed, out);
      out.flush();
      end(relayed.exchange().request(), response);
    } catch (SseWriter.SlowReaderException | ApiException.ClientGone e) {
      abort(relayed.exchange().request(), response);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      abort(relayed.exchange().request(), response);
    } finally {
      relayed.ended(failure);
    }
  }

  /** Relays all, and says what went wrong with the remote if something did. */
  private @Nullable RemoteException relay(RelayedReply relayed, SseWriter out)
      throws InterruptedException {
    try {
      relayEvents(relayed.reply(), relayed.first(), out);
      return null;
    } catch (RemoteException e) {
      if (e.reason() == RemoteException.Reason.CANCELLED) {
        throw new ApiException.ClientGone("the connection is closed");
      }
      out.data(ErrorResponses.map(e, Exchange.id(relayed.exchange())).body());
      out.done();
      return e;
    }
  }

  private void relayEvents(RemoteReply reply, byte @Nullable [] first, SseWriter out)
      throws InterruptedException {
    byte[] events = first;
    while (true) {
      if (events == null && !reply.isFinished()) {
        out.ping();
      }
      while (events != null) {
        out.events(events);
        events = out.pendingBytes() < MAX_BATCH ? reply.next(Duration.ZERO) : null;
      }
      if (reply.isFinished()) {
        return;
      }
      out.flush();
      events = reply.next(pingInterval);
    }
  }
}
