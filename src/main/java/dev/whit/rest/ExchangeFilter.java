package dev.whit.rest;

import dev.whit.api.ApiException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.URI;
import java.net.URISyntaxException;

/**
 * What happens to every exchange, whatever its path: it gets an id, a target that is no URI and a
 * body that says it is too large are refused, a body that nobody read is thrown away so that the
 * connection can be used again, and a failure outside of a resource is answered like any other.
 */
@Singleton
public final class ExchangeFilter {
  /** Order of the route: before the framework's own limit of bodies. */
  private static final int FIRST = -10_000;

  /** Bytes of an unread body that are thrown away; the connection is closed at more. */
  private static final long MAX_DISCARDED = 64L << 20;

  private final ErrorResponses errors;
  private final long maxBody;

  @Inject
  ExchangeFilter(ErrorResponses errors, HttpLimits limits) {
    this.errors = errors;
    this.maxBody = limits.maxBody();
  }

  void register(@Observes Router router) {
    router.route().order(FIRST).handler(this::begin).failureHandler(errors::answerFailure);
  }

  private void begin(RoutingContext exchange) {
    Exchange.begin(exchange);
    exchange.addEndHandler(end -> discardBody(exchange.request()));
    if (!isUri(exchange.request().uri())) {
      exchange.fail(
          new ApiException.InvalidRequest(null, "the path or its query is wrongly encoded"));
    } else if (contentLength(exchange.request()) > maxBody) {
      exchange.fail(new RequestBody.TooLarge(maxBody));
    } else {
      exchange.next();
    }
  }

  private static boolean isUri(String target) {
    try {
      new URI(target);
      return true;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static long contentLength(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    return length == null ? 0 : Long.parseLong(length);
  }

  private static void discardBody(HttpServerRequest request) {
    if (!request.isEnded()) {
      request.handler(chunk -> {
        if (request.bytesRead() > MAX_DISCARDED) {
          request.connection().close();
        }
      });
      request.resume();
    }
  }
}
