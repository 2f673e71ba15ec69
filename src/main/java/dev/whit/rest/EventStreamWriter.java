package dev.whit.rest;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whit.api.ApiException;
import dev.whit.api.TextDelta;
import dev.whit.api.TextStream;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.ext.Provider;
import java.lang.reflect.Type;
import java.time.Duration;
import org.jboss.resteasy.reactive.server.spi.ServerHttpResponse;
import org.jboss.resteasy.reactive.server.spi.ServerRequestContext;

/**
 * Writes a streamed reply while it is generated, on the request's virtual thread. What goes wrong
 * after the first byte is an event of the stream.
 */
@Provider
@Singleton
@Produces(MediaType.SERVER_SENT_EVENTS)
public final class EventStreamWriter extends StreamedReplyWriter<EventStream> {
  private final ObjectMapper json;
  private final Duration pingInterval;
  private final Duration slowReader;

  @Inject
  EventStreamWriter(ObjectMapper json, HttpLimits limits) {
    super(EventStream.class);
    this.json = json;
    this.pingInterval = limits.pingInterval();
    this.slowReader = limits.slowReader();
  }

  @Override
  public void writeResponse(EventStream reply, Type type, ServerRequestContext context) {
    ServerHttpResponse response = context.serverResponse().setChunked(true);
    SseWriter out = new SseWriter(response, json, slowReader);
    TextStream stream = reply.stream();
    try {
      write(reply, stream, out);
      end(reply.exchange().request(), response);
    } catch (SseWriter.SlowReaderException e) {
      stream.readerTooSlow();
      abort(reply.exchange().request(), response);
    } catch (ApiException.ClientGone e) {
      abort(reply.exchange().request(), response);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      abort(reply.exchange().request(), response);
    } finally {
      stream.close();
      Exchange.answered(reply.exchange(), AnswerFigures.of(stream));
    }
  }

  private void write(EventStream reply, TextStream stream, SseWriter out)
      throws InterruptedException {
    try {
      writeAnswers(reply, stream, out);
    } catch (ApiException.ClientGone | SseWriter.SlowReaderException e) {
      throw e;
    } catch (RuntimeException e) {
      out.data(reply.format().error(ErrorResponses.map(e, Exchange.id(reply.exchange())).body()));
    }
    if (reply.format().endsWithDone()) {
      out.done();
    }
    out.flush();
  }

  private void writeAnswers(EventStream reply, TextStream stream, SseWriter out)
      throws InterruptedException {
    TextDelta delta = reply.first();
    while (true) {
      if (delta == null) {
        out.ping();
      }
      while (delta != null) {
        for (Object chunk : reply.format().chunks(delta)) {
          out.data(chunk);
        }
        delta = out.pendingBytes() < MAX_BATCH ? stream.next(Duration.ZERO) : null;
      }
      if (stream.isFinished()) {
        break;
      }
      out.flush();
      delta = stream.next(pingInterval);
    }
    if (reply.includeUsage()) {
      out.data(reply.format().usageChunk(stream.usage()));
    }
  }
}
