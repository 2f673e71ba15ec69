package dev.whit.rest;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whit.api.ApiException;
import dev.whit.api.TextDelta;
import dev.whit.api.TextStream;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.Provider;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.time.Duration;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveResourceInfo;
import org.jboss.resteasy.reactive.server.spi.ServerHttpResponse;
import org.jboss.resteasy.reactive.server.spi.ServerMessageBodyWriter;
import org.jboss.resteasy.reactive.server.spi.ServerRequestContext;
import org.jspecify.annotations.Nullable;

/**
 * Writes a streamed reply while it is generated, on the request's virtual thread. What goes wrong
 * after the first byte is an event of the stream.
 */
@Provider
@Singleton
@Produces(MediaType.SERVER_SENT_EVENTS)
public final class EventStreamWriter implements ServerMessageBodyWriter<EventStream> {
  /** What is ready is sent together up to this many bytes. */
  private static final int MAX_BATCH = 16 * 1024;

  private final ObjectMapper json;
  private final Duration pingInterval;
  private final Duration slowReader;

  @Inject
  EventStreamWriter(ObjectMapper json, HttpLimits limits) {
    this.json = json;
    this.pingInterval = limits.pingInterval();
    this.slowReader = limits.slowReader();
  }

  @Override
  public void writeResponse(EventStream reply, Type type, ServerRequestContext context) {
    HttpServerRequest request = reply.exchange().request();
    ServerHttpResponse response = context.serverResponse().setChunked(true);
    SseWriter out = new SseWriter(response, json, slowReader);
    TextStream stream = reply.stream();
    try {
      write(reply, stream, out);
      response.end();
      if (request.version() == HttpVersion.HTTP_1_0) {
        // Without chunks only the end of the connection tells the end of the reply.
        request.connection().close();
      }
    } catch (SseWriter.SlowReaderException e) {
      stream.readerTooSlow();
      response.reset();
    } catch (ApiException.ClientGone e) {
      response.reset();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      response.reset();
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

  @Override
  public boolean isWriteable(
      Class<?> type,
      Type genericType,
      @Nullable ResteasyReactiveResourceInfo target,
      MediaType mediaType) {
    return type == EventStream.class;
  }

  @Override
  public boolean isWriteable(
      Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
    return type == EventStream.class;
  }

  @Override
  public void writeTo(
      EventStream reply,
      Class<?> type,
      Type genericType,
      Annotation[] annotations,
      MediaType mediaType,
      MultivaluedMap<String, Object> headers,
      OutputStream out) {
    throw new IllegalStateException("a stream of events is not written to a stream of bytes");
  }
}
