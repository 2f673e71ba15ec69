package dev.whit.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whit.api.ApiException;
import dev.whit.rest.openai.NamedEvent;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.resteasy.reactive.server.spi.ServerHttpResponse;

/** Writes server-sent events, as fast as the client reads them. One thread at a time. */
final class SseWriter {
  private static final byte[] PING = ": ping\n\n".getBytes(StandardCharsets.UTF_8);
  private static final byte[] DATA = "data: ".getBytes(StandardCharsets.UTF_8);
  private static final byte[] END = "\n\n".getBytes(StandardCharsets.UTF_8);
  private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8);

  private final ServerHttpResponse response;
  private final ObjectMapper json;
  private final Duration slowReader;
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream();

  /** The client left what was written unread for too long. */
  static final class SlowReaderException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SlowReaderException(Duration limit) {
      super("nothing read for " + limit, null, false, false);
    }
  }

  SseWriter(ServerHttpResponse response, ObjectMapper json, Duration slowReader) {
    this.response = response;
    this.json = json;
    this.slowReader = slowReader;
  }

  /** Adds an event. */
  void data(Object value) {
    byte[] bytes;
    try {
      bytes = json.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an event is not JSON", e);
    }
    if (value instanceof NamedEvent named) {
      pending.writeBytes(("event: " + named.type() + "\n").getBytes(StandardCharsets.UTF_8));
    }
    pending.writeBytes(DATA);
    pending.writeBytes(bytes);
    pending.writeBytes(END);
  }

  /** Adds events as they are. */
  void events(byte[] bytes) {
    pending.writeBytes(bytes);
  }

  /** Adds a comment that keeps the connection alive. */
  void ping() {
    pending.writeBytes(PING);
  }

  /** Adds the event that says that no more follow. */
  void done() {
    pending.writeBytes(DONE);
  }

  /** Bytes that have been added since the last flush. */
  int pendingBytes() {
    return pending.size();
  }

  /**
   * Sends what was added and waits until the network has taken it.
   *
   * @throws ApiException.ClientGone if the connection is closed
   * @throws SlowReaderException if the client does not read
   */
  void flush() throws InterruptedException {
    byte[] bytes = pending.toByteArray();
    pending.reset();
    try {
      response.write(bytes).toCompletableFuture().get(slowReader.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new SlowReaderException(slowReader);
    } catch (ExecutionException e) {
      throw new ApiException.ClientGone("the connection is closed");
    }
  }
}
