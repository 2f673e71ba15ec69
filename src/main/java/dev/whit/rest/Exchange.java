package dev.whit.rest;

import io.vertx.ext.web.RoutingContext;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/** What is known about an exchange from its beginning: its id, and whether the client has gone. */
final class Exchange {
  private static final String ID = "whit.request-id";
  private static final String CLIENT_GONE = "whit.client-gone";

  private Exchange() {}

  /** Begins to keep it; on the connection's event loop, before any other handler. */
  static void begin(RoutingContext exchange, String id) {
    CompletableFuture<Void> gone = new CompletableFuture<>();
    exchange.put(ID, id).put(CLIENT_GONE, gone);
    exchange.addEndHandler(end -> {
      if (end.failed()) {
        gone.complete(null);
      }
    });
  }

  /** The request's id. */
  static String id(RoutingContext exchange) {
    return exchange.get(ID, "none");
  }

  /**
   * Runs something when the connection closes before the reply is complete, at once if it has;
   * called on the connection's event loop, so it must not block.
   */
  static void whenClientGoes(RoutingContext exchange, Runnable action) {
    CompletableFuture<Void> gone =
        Objects.requireNonNull(exchange.get(CLIENT_GONE), "the exchange has not begun");
    var _ = gone.thenRun(action);
  }
}
