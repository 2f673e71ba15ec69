package dev.whit.rest;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Reads the body of a request, of a limited size and in a limited time. */
@Singleton
final class RequestBody {
  private final int maxBytes;
  private final Duration timeout;

  /** A body is over the limit. */
  static final class TooLarge extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooLarge(long limit) {
      super("the body is larger than the limit of %d bytes".formatted(limit), null, false, false);
    }
  }

  /** A body is compressed. */
  static final class Encoded extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Encoded() {
      super(
          "compressed bodies are not taken: send it as it is, without content-encoding",
          null,
          false,
          false);
    }
  }

  /** A body did not arrive, in time or at all. */
  static final class Incomplete extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Incomplete(String message) {
      super(message, null, false, false);
    }
  }

  @Inject
  RequestBody(HttpLimits limits) {
    this.maxBytes = limits.maxBody();
    this.timeout = limits.bodyTimeout();
  }

  /** A client that sends a byte now and then would keep the connection for ever. */
  private static void closeAfterReply(RoutingContext exchange) {
    HttpServerRequest request = exchange.request();
    if (request.version() != HttpVersion.HTTP_2) { // there it is shared with other requests
      exchange.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
      exchange.addEndHandler(end -> request.connection().close());
    }
  }

  /**
   * Reads it, blocking a virtual thread.
   *
   * @throws TooLarge if it is over the limit
   * @throws Incomplete if it did not arrive, in time or at all
   */
  byte[] read(RoutingContext exchange) throws InterruptedException {
    HttpServerRequest request = exchange.request();
    CompletableFuture<Buffer> whole = new CompletableFuture<>();
    Buffer received = Buffer.buffer();
    try {
      request.handler(chunk -> {
        if (received.length() + chunk.length() > maxBytes) {
          whole.completeExceptionally(new TooLarge(maxBytes));
        } else if (!whole.isDone()) {
          received.appendBuffer(chunk);
        }
      });
      request.endHandler(end -> whole.complete(received));
    } catch (IllegalStateException e) {
      // The connection closed before, and what was there of the body has been thrown away.
      throw new Incomplete("the client went away");
    }
    Exchange.whenClientGoes(
        exchange, () -> whole.completeExceptionally(new Incomplete("the client went away")));
    if ("100-continue".equalsIgnoreCase(request.getHeader("expect"))
        && request.version() != HttpVersion.HTTP_1_0) {
      exchange.response().writeContinue();
    }
    request.resume();
    try {
      return whole.get(timeout.toMillis(), TimeUnit.MILLISECONDS).getBytes();
    } catch (TimeoutException e) {
      closeAfterReply(exchange);
      throw new Incomplete("the body did not arrive within " + timeout.toSeconds() + " s");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException("reading a body", e);
    }
  }
}
