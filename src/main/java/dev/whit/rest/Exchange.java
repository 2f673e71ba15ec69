package dev.whit.rest;

import dev.whit.api.RequestOrigin;
import dev.whit.rest.access.ApiKey;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jboss.logging.MDC;
import org.jspecify.annotations.Nullable;

/** What is kept with an exchange: the request's id, and whether the client has gone. */
final class Exchange {
  private static final String REQUEST_ID = "x-request-id";
  private static final Pattern VALID_ID = Pattern.compile("[!-~]{1,128}");

  private static final String ID = "whit.request-id";
  private static final String CLIENT_GONE = "whit.client-gone";

  private static final String ANSWER = "whit.answer";

  private static final String NOT_BEGUN = "the exchange has not begun";

  private Exchange() {}

  /** Begins to keep it, unless it is kept already; on the connection's event loop. */
  static void begin(RoutingContext exchange) {
    if (exchange.get(ID) != null) {
      return;
    }
    String id = validOrNew(exchange.request().getHeader(REQUEST_ID));
    CompletableFuture<Void> gone = new CompletableFuture<>();
    exchange.put(ID, id).put(CLIENT_GONE, gone);
    exchange.addEndHandler(end -> {
      if (end.failed()) {
        gone.complete(null);
      }
    });
    exchange.response().putHeader(REQUEST_ID, id);
    // For log lines: %X{requestId}.
    MDC.put("requestId", id);
  }

  private static String validOrNew(@Nullable String id) {
    return id != null && VALID_ID.matcher(id).matches() ? id : UUID.randomUUID().toString();
  }

  /** The request's id. */
  static String id(RoutingContext exchange) {
    return Objects.requireNonNull(exchange.get(ID), NOT_BEGUN);
  }

  /** Where the request comes from: who sends the same Authorization is the same caller. */
  static RequestOrigin origin(RoutingContext exchange, HttpLimits limits) {
    String authorization = exchange.request().getHeader(HttpHeaders.AUTHORIZATION);
    String caller = authorization == null ? "" : ApiKey.presented(authorization).id();
    return new RequestOrigin(id(exchange), caller, limits.deadline());
  }

  /** An answer to it is being generated: its figures will follow. */
  static void answering(RoutingContext exchange) {
    exchange.put(ANSWER, new CompletableFuture<AnswerFigures>());
  }

  /** The answer goes no further. */
  static void answered(RoutingContext exchange, AnswerFigures figures) {
    CompletableFuture<AnswerFigures> answer =
        Objects.requireNonNull(exchange.get(ANSWER), "no answer has begun");
    answer.complete(figures);
  }

  /** Runs something as soon as the answer goes no further, at once with null if there is none. */
  static void whenAnswered(RoutingContext exchange, Consumer<@Nullable AnswerFigures> action) {
    CompletableFuture<AnswerFigures> answer = exchange.get(ANSWER);
    if (answer == null) {
      action.accept(null);
    } else {
      var _ = answer.thenAccept(action);
    }
  }

  /**
   * Runs something when the connection closes before the reply is complete, at once if it has;
   * called on the connection's event loop, so it must not block.
   */
  static void whenClientGoes(RoutingContext exchange, Runnable action) {
    CompletableFuture<Void> gone = Objects.requireNonNull(exchange.get(CLIENT_GONE), NOT_BEGUN);
    var _ = gone.thenRun(action);
  }
}
