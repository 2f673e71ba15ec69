package dev.whit.experiment.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.whit.experiment.Target;
import dev.whit.experiment.remote.CircuitBreaker.State;
import dev.whit.experiment.remote.RemoteException.Reason;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens until a reply begins. */
final class RemoteCallTest {
  private static final Vertx VERTX = Vertx.vertx();
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String PROMPT = "a secret prompt";

  private final AtomicLong clock = new AtomicLong();

  @AfterAll
  static void stop() {
    var _ = VERTX.close();
  }

  private static void answer(HttpServerRequest request) {
    request.response().putHeader("content-type", "application/json").end("{\"choices\":[]}");
  }

  private static Handler<HttpServerRequest> status(int status) {
    return request -> request.response().setStatusCode(status).end("no: " + PROMPT);
  }

  /** Fails some times, then answers. */
  private static Handler<HttpServerRequest> failing(int times, Handler<HttpServerRequest> failure) {
    AtomicInteger left = new AtomicInteger(times);
    return request -> {
      if (left.getAndDecrement() > 0) {
        failure.handle(request);
      } else {
        answer(request);
      }
    };
  }

  private RemoteEndpoint endpoint(Target.Remote target) {
    return new RemoteEndpoint(
        VERTX, target, RemoteEndpoint.options(target), name -> null, clock::get);
  }

  private static RemoteCall call(RemoteEndpoint endpoint, Duration limit) {
    byte[] body = ("{\"prompt\":\"" + PROMPT + "\"}").getBytes(StandardCharsets.UTF_8);
    return endpoint.call(new RemoteRequest("/completions", body, "r-1", null), limit);
  }

  private static void succeed(RemoteEndpoint endpoint) throws Exception {
    try (RemoteReply reply = call(endpoint, LIMIT).open(gap -> {})) {
      assertThat(reply.next(LIMIT)).isNotNull();
      assertThat(reply.isFinished()).isTrue();
    }
  }

  private static RemoteException fail(RemoteEndpoint endpoint, Duration limit) {
    RemoteException failure =
        catchThrowableOfType(
            RemoteException.class,
            () -> {
              RemoteReply reply = call(endpoint, limit).open(gap -> {});
              reply.close();
            });
    assertThat(failure).isNotNull().hasMessageNotContaining(PROMPT);
    return failure;
  }

  @ParameterizedTest
  @ValueSource(ints = {502, 503, 504})
  void aPassingFailureIsTriedAgain(int status) throws Exception {
    try (StubRemote remote = new StubRemote(VERTX, failing(2, status(status)));
        RemoteEndpoint endpoint = endpoint(remote.target())) {
      succeed(endpoint);
      assertThat(remote.received()).hasSize(3);
    }
  }

  @Test
  void notMoreThanTwice() throws Exception {
    try (StubRemote remote = new StubRemote(VERTX, status(503));
        RemoteEndpoint endpoint = endpoint(remote.target())) {
      RemoteException failure = fail(endpoint, LIMIT);
      assertThat(failure.code()).isEqualTo("status_503");
      assertThat(failure.status()).isEqualTo(503);
      assertThat(remote.received()).hasSize(3);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404, 429, 500, 204, 201})
  void otherStatusesAreNotTriedAgain(int status) throws Exception {
    try (StubRemote remote = new StubRemote(VERTX, status(status));
        RemoteEndpoint endpoint = endpoint(remote.target())) {
      assertThat(fail(endpoint, LIMIT).code()).isEqualTo("status_" + status);
      assertThat(remote.received()).hasSize(1);
    }
  }

  @Test
  void aConnectionThatIsResetIsTriedAgain() throws Exception {
    try (StubRemote remote =
            new StubRemote(VERTX, failing(2, request -> request.connection().close()));
        RemoteEndpoint endpoint = endpoint(remote.target())) {
      succeed(endpoint);
      assertThat(remote.received()).hasSize(3);
    }
  }

  @Test
  void aConnectionThatIsAlwaysResetIsAFailure() throws Exception {
    try (StubRemote remote = new StubRemote(VERTX, request -> request.connection().close());
        RemoteEndpoint endpoint = endpoint(remote.target())) {
      assertThat(fail(endpoint, LIMIT).reason()).isEqualTo(Reason.RESET);
      assertThat(remote.received()).hasSize(3);
    }
  }

  @Test
  void nobodyThereIsAFailureToConnect() throws Exception {
    int port;
    try (ServerSocket unused = new ServerSocket(0)) {
      port = unused.getLocalPort();
    }
    try (RemoteEndpoint endpoint = endpoint(StubRemote.target("http", port, null, LIMIT))) {
      RemoteException failure = fail(endpoint, LIMIT);
      assertThat(failure.reason()).isEqualTo(Reason.CONNECT);
      assertThat(failure)
          .hasMessage("no connection to the remote model")
          .hasCauseInstanceOf(java.net.ConnectException.class);
    }
  }

  @Test
  void whatIsNoHttpIsAFailure() throws Exception {
    try (ServerSocket server = new ServerSocket(0)) {
      Thread.startVirtualThread(() -> {
        try (var socket = server.accept()) {
          socket.getOutputStream().write((PROMPT + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
          socket.getInputStream().readAllBytes();
        } catch (java.io.IOException e) {
          throw new java.io.UncheckedIOException(e);
        }
      });
      try (RemoteEndpoint endpoint =
          endpoint(StubRemote.target("http", server.getLocalPort(), null, LIMIT))) {
        RemoteException failure = fail(endpoint, LIMIT);
        assertThat(failure.reason()).isEqualTo(Reason.BAD_REPLY);
        assertThat(failure).hasNoCause();
      }
    }
  }

  @Test
  void hugeHeadersAreAFailure() throws Exception {
    try (StubRemote remote =
            new StubRemote(
                VERTX,
                request -> {
                  request.response().putHeader("x", "y".repeat(1 << 20));
                  answer(request);
                });
        RemoteEndpoint endpoint = endpoint(remote.target())) {
      assertThat(fail(endpoint, LIMIT).reason()).isEqualTo(Reason.BAD_REPLY);
    }
  }

  @Test
  void aSilentRemoteIsGivenUpAndNotAskedAgain() throws Exception {
    CompletableFuture<Void> closed = new CompletableFuture<>();
    try (StubRemote remote =
            new StubRemote(VERTX, request -> request.connection().closeHandler(closed::complete));
        RemoteEndpoint endpoint = endpoint(remote.impatient())) {
      RemoteException failure = fail(endpoint, LIMIT);
      assertThat(failure.reason()).isEqualTo(Reason.TIMEOUT);
      assertThat(failure).hasMessage("the remote model did not begin to answer within 1000 ms");
      assertThat(remote.received()).hasSize(1);
      closed.get(10, TimeUnit.SECONDS);
      assertThat(endpoint.openCalls()).isZero();
    }
  }

  @Test
  void theDeadlineOfTheRequestEndsTheWait() throws Exception {
    try (StubRemote remote = new StubRemote(VERTX, request -> {});
        RemoteEndpoint endpoint = endpoint(remote.target())) {
      RemoteException failure = fail(endpoint, Duration.ofMillis(200));
      assertThat(failure.reason()).isEqualTo(Reason.DEADLINE);
      assertThat(failure).hasMessage("the answer took longer than the limit of 0.2 s");
    }
  }

  /** A delay of 100 ms at least would go past it. */
  @Test
  void nothingIsTriedAgainPastTheDeadline() throws Exception {
    try (StubRemote remote =
            new StubRemote(
                VERTX,
                request ->
                    request.response().setStatusCode(503).putHeader("retry-after", "2").end());
        RemoteEndpoint endpoint = endpoint(remote.target())) {
      assertThat(fail(endpoint, Duration.ofSeconds(2)).reason())
          .isIn(Reason.STATUS, Reason.DEADLINE);
      assertThat(remote.received()).hasSizeLessThanOrEqualTo(1);
    }
  }

  @Test
  void aCallThatIsGivenUpBeforeItsReplyIsOverAtOnce() throws Exception {
    CompletableFuture<HttpServerRequest> arrived = new CompletableFuture<>();
    CompletableFuture<Void> closed = new CompletableFuture<>();
    try (StubRemote remote =
            new StubRemote(
                VERTX,
                request -> {
                  request.connection().closeHandler(closed::complete);
                  arrived.complete(request);
                });
        RemoteEndpoint endpoint = endpoint(remote.target())) {
      RemoteCall call = call(endpoint, LIMIT);
      FutureTask<RemoteException> failure =
          new FutureTask<>(() ->
              catchThrowableOfType(RemoteException.class, () -> call.open(gap -> {}).close()));
      Thread.startVirtualThread(failure);
      arrived.get(10, TimeUnit.SECONDS);

      call.cancel();

      assertThat(failure.get(10, TimeUnit.SECONDS).reason()).isEqualTo(Reason.CANCELLED);
      closed.get(10, TimeUnit.SECONDS);
      assertThat(endpoint.circuitState()).isEqualTo(State.CLOSED);
      assertThat(endpoint.openCalls()).isZero();
    }
  }

  @Test
  void aCallThatIsGivenUpBeforeItBeginsIsNotSent() throws Exception {
    try (StubRemote remote = new StubRemote(VERTX, RemoteCallTest::answer);
        RemoteEndpoint endpoint = endpoint(remote.target())) {
      RemoteCall call = call(endpoint, LIMIT);
      call.cancel();
      RemoteException failure =
          catchThrowableOfType(RemoteException.class, () -> call.open(gap -> {}).close());
      assertThat(failure.reason()).isEqualTo(Reason.CANCELLED);
      assertThat(remote.received()).isEmpty();
    }
  }

  @Test
  void aRemoteThatKeepsFailingIsNotAskedForSomeTime() throws Exception {
    AtomicInteger failures = new AtomicInteger(5);
    try (StubRemote remote =
            new StubRemote(
                VERTX,
                request -> {
                  if (failures.getAndDecrement() > 0) {
                    status(500).handle(request);
                  } else {
                    answer(request);
                  }
                });
        RemoteEndpoint endpoint = endpoint(remote.target())) {
      for (int i = 0; i < 5; i++) {
        assertThat(fail(endpoint, LIMIT).reason()).isEqualTo(Reason.STATUS);
      }
      assertThat(endpoint.circuitState()).isEqualTo(State.OPEN);
      assertThat(fail(endpoint, LIMIT).reason()).isEqualTo(Reason.CIRCUIT_OPEN);
      assertThat(remote.received()).hasSize(5);

      clock.addAndGet(Duration.ofSeconds(5).toNanos());
      succeed(endpoint);

      assertThat(endpoint.circuitState()).isEqualTo(State.CLOSED);
    }
  }

  /** Retries count as failures too, and end when they have opened it. */
  @Test
  void retriesEndWhereTheRemoteIsNotAskedAnyMore() throws Exception {
    try (StubRemote remote = new StubRemote(VERTX, status(503));
        RemoteEndpoint endpoint = endpoint(remote.target())) {
      assertThat(fail(endpoint, LIMIT).reason()).isEqualTo(Reason.STATUS);
      assertThat(fail(endpoint, LIMIT).reason()).isEqualTo(Reason.STATUS);
      assertThat(remote.received()).hasSize(5);
      assertThat(endpoint.circuitState()).isEqualTo(State.OPEN);
    }
  }
}
