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
import java.time.Duration;

/**
 * What happens to every exchange, whatever its path: it gets an id and a line in the log, a target
 * that is no URI, a body that says it is too large and a compressed one are refused, a body that
 * nobody read is thrown away so that the connection can be used again, and a failure outside of a
 * resource is answered like any other.
 */
@Singleton
public final class ExchangeFilter {
  /** Order of the route: before the framework's own limit of bodies. */
  private static final int FIRST = -10_000;

  /** Bytes of an unread body that are thrown away; the connection is closed at more. */
  private static final long MAX_DISCARDED = 64L << 20;

  /** How long an unread body may take to arrive; the connection is closed then. */
  private static final Duration MAX_DISCARDING = Duration.ofSeconds(2);

  private final ErrorResponses errors;
  private final AccessLog log;
  private final ConnectionDeadlines deadlines;
  private final long maxBody;

  @Inject
  ExchangeFilter(
      ErrorResponses errors, AccessLog log, ConnectionDeadlines deadlines, HttpLimits limits) {
    this.errors = errors;
    this.log = log;
    this.deadlines = deadlines;
    this.maxBody = limits.maxBody();
  }

  void register(@Observes Router router) {
    router.route().order(FIRST).handler(this::begin).failureHandler(errors::answerFailure);
  }

  private void begin(RoutingContext exchange) {
    Exchange.begin(exchange);
    log.follow(exchange);
    deadlines.follow(exchange);
    exchange.addEndHandler(end -> discardBody(exchange));
    if (!isUri(exchange.request().uri())) {
      exchange.fail(
          new ApiException.InvalidRequest(null, "the path or its query is wrongly encoded"));
    } else if (contentLength(exchange.request()) > maxBody) {
      exchange.fail(new RequestBody.TooLarge(maxBody));
    } else if (isEncoded(exchange.request())) {
      exchange.fail(new RequestBody.Encoded());
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

  private static boolean isEncoded(HttpServerRequest request) {
    String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
    return encoding != null && !encoding.strip().equalsIgnoreCase("identity");
  }

  /** Lets a client read the reply before the connection is closed on what it still sends. */
  private static void discardBody(RoutingContext exchange) {
    HttpServerRequest request = exchange.request();
    if (!request.isEnded()) {
      request.handler(chunk -> {
        if (request.bytesRead() > MAX_DISCARDED) {
          request.connection().close();
        }
      });
      request.resume();
      exchange
          .vertx()
          .setTimer(
              MAX_DISCARDING.toMillis(),
              timer -> {
                if (!request.isEnded()) {
                  request.connection().close();
                }
              });
    }
  }
}
