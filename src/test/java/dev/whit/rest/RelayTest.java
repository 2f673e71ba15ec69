package dev.whit.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whit.api.Finish;
import dev.whit.api.Usage;
import dev.whit.experiment.remote.RemoteException;
import dev.whit.experiment.remote.StubRemote;
import dev.whit.rest.RelayTestResource.Ended;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.net.URI;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Answers of a remote on their way through this server. */
@QuarkusTest
@TestProfile(FakeModels.Profile.class)
final class RelayTest {
  private static final Vertx VERTX = Vertx.vertx();
  private static final String PATH = "/test/relay";
  private static final String TOKEN = "data: {\"choices\":[{\"delta\":{\"content\":\"é\"}}]}\n\n";
  private static final String LAST =
      "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}]}\r\n\r\n";
  private static final String DONE = "data: [DONE]\n\n";

  @TestHTTPResource
  @SuppressWarnings("NullAway.Init")
  URI server;

  @AfterAll
  static void stop() {
    var _ = VERTX.close();
  }

  @BeforeEach
  void forget() {
    RelayTestResource.ENDED.clear();
    RelayTestResource.FIGURES.clear();
    RelayTestResource.BROKEN_OFF.clear();
  }

  private static StubRemote remote(Handler<HttpServerRequest> behaviour) throws Exception {
    StubRemote remote = new StubRemote(VERTX, behaviour);
    RelayTestResource.target = remote.target();
    return remote;
  }

  private static HttpServerResponse stream(HttpServerRequest request) {
    return request.response().setChunked(true).putHeader("content-type", "text/event-stream");
  }

  private static <T> T await(BlockingQueue<T> queue) throws InterruptedException {
    return Objects.requireNonNull(queue.poll(30, TimeUnit.SECONDS), "nothing came");
  }

  private static RemoteException failureTold() throws InterruptedException {
    return Objects.requireNonNull(await(RelayTestResource.ENDED).failure(), "no failure");
  }

  @Test
  void aStreamIsRelayedByteForByte() throws Exception {
    String sent = ": ping\n\n" + TOKEN.repeat(3) + LAST + DONE;
    try (StubRemote remote = remote(request -> stream(request).end(sent));
        RawHttp connection = new RawHttp(server.getPort())) {
      connection.post(PATH, "{}");
      String head = connection.readHead();
      assertThat(head).startsWith("HTTP/1.1 200 ");
      assertThat(head.toLowerCase(Locale.ROOT))
          .contains("content-type: text/event-stream")
          .contains("cache-control: no-cache")
          .contains("x-accel-buffering: no");
      assertThat(connection.readBody(head)).isEqualTo(sent);

      Ended ended = await(RelayTestResource.ENDED);
      assertThat(ended.failure()).isNull();
      AnswerFigures figures = await(RelayTestResource.FIGURES);
      assertThat(figures.model()).isEqualTo("virtual");
      assertThat(figures.usage()).isEqualTo(new Usage(0, 0, 3));
      assertThat(figures.firstToken()).isPresent();
      assertThat(figures.finishes()).containsExactly(Finish.LENGTH);
      assertThat(figures.complete()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({"200,{\"choices\":[]}", "400,{\"error\":{\"message\":\"no top_k\"}}"})
  void aReplyInOnePieceIsRelayedByteForByte(int status, String body) throws Exception {
    String sent = " " + body + "\n";
    try (StubRemote remote =
            remote(request ->
                request
                    .response()
                    .setStatusCode(status)
                    .putHeader("content-type", "application/json; charset=utf-8")
                    .end(sent));
        RawHttp connection = new RawHttp(server.getPort())) {
      connection.post(PATH, "{}");
      String head = connection.readHead();
      assertThat(head).startsWith("HTTP/1.1 " + status);
      assertThat(head.toLowerCase(Locale.ROOT)).contains("content-type: application/json");
      assertThat(connection.readBody(head)).isEqualTo(sent);
      assertThat(await(RelayTestResource.FIGURES).complete()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "500, text/plain, secret, 502, status_500",
    "302, text/plain, secret, 502, status_302",
    "200, text/html, secret, 502, bad_reply",
    "200, application/json, secret, 502, bad_reply",
    "200, text/event-stream, 'data: secret\n\n', 502, bad_reply",
    "200, text/event-stream, 'data: {\"error\":\"secret\"}\n\n', 502, error"
  })
  void aFailureBeforeTheFirstByteIsAnErrorWithItsOwnStatus(
      int status, String type, String body, int answered, String code) throws Exception {
    try (StubRemote remote =
            remote(request ->
                request
                    .response()
                    .setStatusCode(status)
                    .putHeader("content-type", type)
                    .end(body));
        RawHttp connection = new RawHttp(server.getPort())) {
      connection.post(PATH, "{}");
      String head = connection.readHead();
      assertThat(head).startsWith("HTTP/1.1 " + answered);
      assertThat(connection.readBody(head))
          .contains("\"type\":\"remote_error\"", "\"code\":\"" + code + "\"")
          .doesNotContain("secret");
      assertThat(RelayTestResource.ENDED).as("another may answer").isEmpty();
    }
  }

  @Test
  void aFailureAfterTheFirstByteIsAnEventOfTheStream() throws Exception {
    CompletableFuture<HttpServerRequest> begun = new CompletableFuture<>();
    try (StubRemote remote =
            remote(request -> {
              stream(request).write(TOKEN + "data: {\"cho");
              begun.complete(request);
            });
        RawHttp connection = new RawHttp(server.getPort())) {
      connection.post(PATH, "{}");
      String head = connection.readHead();
      assertThat(connection.readUntil(TOKEN)).endsWith(TOKEN);
      var _ = begun.get(30, TimeUnit.SECONDS).connection().close();

      assertThat(connection.readUntil(DONE))
          .contains(
              "data: {\"error\":{\"message\":\"the remote model closed the connection\","
                  + "\"type\":\"remote_error\",\"param\":null,\"code\":\"reset\"}}\n\n"
                  + DONE)
          .doesNotContain("{\"cho");
      assertThat(head).startsWith("HTTP/1.1 200 ");
      assertThat(failureTold().code()).isEqualTo("reset");
      assertThat(await(RelayTestResource.FIGURES).complete()).isFalse();
    }
  }

  /** The remote ends its event only when the client has got a ping, which is not within it. */
  @Test
  void pingsKeepASilentStreamAliveBetweenEvents() throws Exception {
    CompletableFuture<HttpServerResponse> begun = new CompletableFuture<>();
    try (StubRemote remote =
            remote(request -> {
              HttpServerResponse response = stream(request);
              response.write(TOKEN.substring(0, 20));
              begun.complete(response);
            });
        RawHttp connection = new RawHttp(server.getPort())) {
      connection.post(PATH, "{}");
      connection.readHead();
      assertThat(connection.readUntil(": ping\n\n")).endsWith(": ping\n\n");
      var _ = begun.get(30, TimeUnit.SECONDS).end(TOKEN.substring(20) + DONE);
      assertThat(connection.readUntil(DONE)).contains(TOKEN + DONE);
      assertThat(await(RelayTestResource.ENDED).failure()).isNull();
    }
  }

  @ParameterizedTest
  @CsvSource({"'', false", "'', true", "'data: {}\n\n', true"})
  void theRemoteNoticesAtOnceThatTheClientHasGone(String begin, boolean streamed) throws Exception {
    CompletableFuture<Void> arrived = new CompletableFuture<>();
    CompletableFuture<Void> closed = new CompletableFuture<>();
    try (StubRemote remote =
        remote(request -> {
          request.connection().closeHandler(closed::complete);
          if (streamed) {
            stream(request).write(Buffer.buffer(begin));
          }
          arrived.complete(null);
        })) {
      try (RawHttp connection = new RawHttp(server.getPort())) {
        connection.post(PATH, "{}");
        arrived.get(30, TimeUnit.SECONDS);
        if (!begin.isEmpty()) {
          connection.readUntil(begin);
        }
      }
      closed.get(30, TimeUnit.SECONDS);
      if (!begin.isEmpty()) {
        assertThat(await(RelayTestResource.ENDED).failure()).isNull();
        assertThat(await(RelayTestResource.FIGURES).complete()).isFalse();
      }
    }
  }

  /** Sends events for as long as they are taken. */
  private static void flood(HttpServerResponse response, Buffer event) {
    while (!response.writeQueueFull() && !response.closed()) {
      response.write(event);
    }
    response.drainHandler(drained -> flood(response, event));
  }

  @Test
  void aClientThatDoesNotReadIsGivenUp() throws Exception {
    CompletableFuture<Void> closed = new CompletableFuture<>();
    Buffer events = Buffer.buffer(TOKEN.repeat(100));
    try (StubRemote remote =
            remote(request -> {
              request.connection().closeHandler(closed::complete);
              HttpServerResponse response = stream(request);
              response.exceptionHandler(gone -> {});
              flood(response, events);
            });
        RawHttp connection = new RawHttp(server.getPort(), 4096)) {
      connection.post(PATH, "{}");
      closed.get(30, TimeUnit.SECONDS);
      assertThat(await(RelayTestResource.ENDED).failure()).isNull();
      assertThat(await(RelayTestResource.BROKEN_OFF)).as("for log and metrics").isTrue();
      assertThat(await(RelayTestResource.FIGURES).complete()).isFalse();
    }
  }
}
