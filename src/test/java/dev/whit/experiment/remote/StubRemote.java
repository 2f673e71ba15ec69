package dev.whit.experiment.remote;

import dev.whit.experiment.Target;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A server of an arm that does what a test says, once it has read a request's body. */
public final class StubRemote implements AutoCloseable {
  private final HttpServer server;
  private final Queue<Received> received = new ConcurrentLinkedQueue<>();

  /**
   * A request that came.
   *
   * @param request its head
   * @param body its body
   */
  public record Received(HttpServerRequest request, String body) {}

  public StubRemote(Vertx vertx, Handler<HttpServerRequest> behaviour) throws Exception {
    this(vertx, new HttpServerOptions(), behaviour);
  }

  StubRemote(Vertx vertx, HttpServerOptions options, Handler<HttpServerRequest> behaviour)
      throws Exception {
    server =
        vertx
            .createHttpServer(options.setHost("localhost").setPort(0))
            .requestHandler(request ->
                request
                    .body()
                    .onSuccess(body -> {
                      received.add(new Received(request, body.toString()));
                      behaviour.handle(request);
                    }))
            .listen()
            .toCompletionStage()
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
  }

  /** The requests that came so far. */
  Queue<Received> received() {
    return received;
  }

  int port() {
    return server.actualPort();
  }

  /** An arm with no key, and with time enough for a busy machine. */
  public Target.Remote target() {
    return target("http", server.actualPort(), null, Duration.ofSeconds(30));
  }

  /** An arm whose remote may be silent for a moment only. */
  Target.Remote impatient() {
    return target("http", server.actualPort(), null, Duration.ofSeconds(1));
  }

  static Target.Remote target(
      String scheme, int port, @Nullable String keyVariable, Duration silence) {
    return new Target.Remote(
        URI.create(scheme + "://localhost:" + port + "/v1/"),
        "big",
        keyVariable,
        Duration.ofSeconds(10),
        silence,
        silence);
  }

  @Override
  public void close() throws Exception {
    server.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
