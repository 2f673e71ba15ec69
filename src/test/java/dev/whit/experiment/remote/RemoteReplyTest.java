package dev.whit.experiment.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.whit.experiment.Target;
import dev.whit.experiment.remote.CircuitBreaker.State;
import dev.whit.experiment.remote.RemoteException.Reason;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.PfxOptions;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens from the head of a reply on. */
final class RemoteReplyTest {
  private static final Vertx VERTX = Vertx.vertx();
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String DONE = "data: [DONE]\n\n";

  @AfterAll
  static void stop() {
    var _ = VERTX.close();
  }

  private static String token(String text) {
    return "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"}}]}\n\n".formatted(text);
  }

  private static HttpServerResponse stream(HttpServerRequest request) {
    return request
        .response()
        .setChunked(true)
        .putHeader("content-type", "text/event-stream; charset=utf-8");
  }

  private static Handler<HttpServerRequest> json(String body) {
    return request -> request.response().putHeader("content-type", "application/json").end(body);
  }

  private static RemoteEndpoint endpoint(Target.Remote target) {
    return new RemoteEndpoint(VERTX, target);
  }

  private static RemoteReply open(RemoteEndpoint endpoint) throws InterruptedException {
    return endpoint
        .call(
            new RemoteRequest(
                "/chat/completions", "{}".getBytes(StandardCharsets.UTF_8), "r-1", null),
            LIMIT)
        .open(gap -> {});
  }

  private static String readAll(RemoteReply reply) throws InterruptedException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] next = reply.next(LIMIT); next != null; next = reply.next(LIMIT)) {
      all.writeBytes(next);
    }
    assertThat(reply.isFinished()).isTrue();
    return all.toString(StandardCharsets.UTF_8);
  }

  private static RemoteException failure(RemoteReply reply) {
    RemoteException failure = catchThrowableOfType(RemoteException.class, () -> readAll(reply));
    assertThat(failure).as("a failure").isNotNull();
    return failure;
  }

  private static RemoteException failureOf(Handler<HttpServerRequest> behaviour) throws Exception {
    try (StubRemote remote = new StubRemote(VERTX, behaviour)) {
      return failureOf(remote.target());
    }
  }

  private static RemoteException silenceOf(Handler<HttpServerRequest> behaviour) throws Exception {
    try (StubRemote remote = new StubRemote(VERTX, behaviour)) {
      return failureOf(remote.impatient());
    }
  }

  private static RemoteException failureOf(Target.Remote target) {
    try (RemoteEndpoint endpoint = endpoint(target)) {
      return catchThrowableOfType(
          RemoteException.class,
          () -> {
            try (RemoteReply reply = open(endpoint)) {
              readAll(reply);
            }
          });
    }
  }

  /** Writes the pieces one by one, each when the network has taken the one before. */
  private static void trickle(HttpServerResponse response, List<Buffer> pieces, int from) {
    if (from == pieces.size()) {
      var _ = response.end();
    } else {
      response.write(pieces.get(from)).onSuccess(done -> trickle(response, pieces, from + 1));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 64, 1000})
  void theBytesAreTheRemotesHoweverTheyAreSplit(int size) throws Exception {
    StringBuilder sent = new StringBuilder(": ping\n\n");
    for (int i = 0; i < 40; i++) {
      sent.append("event: x\r\n").append(token("é€𝄞 " + i));
    }
    sent.append(
        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":40}}\n\n");
    sent.append(DONE);
    Buffer bytes = Buffer.buffer(sent.toString());
    List<Buffer> pieces = new ArrayList<>();
    for (int begin = 0; begin < bytes.length(); begin += size) {
      pieces.add(bytes.slice(begin, Math.min(bytes.length(), begin + size)));
    }
    try (StubRemote remote = new StubRemote(VERTX, request -> trickle(stream(request), pieces, 0));
        RemoteEndpoint endpoint = endpoint(remote.target());
        RemoteReply reply = open(endpoint)) {
      assertThat(reply.isStream()).isTrue();
      assertThat(reply.contentType()).isEqualTo("text/event-stream");

      assertThat(readAll(reply)).isEqualTo(sent.toString());

      assertThat(reply.meter().tokenEvents()).isEqualTo(40);
      assertThat(reply.meter().usage()).isEqualTo(new ReplyMeter.ReplyUsage(3, 0, 40));
      assertThat(reply.meter().isComplete()).isTrue();
    }
  }

  /** The remote goes on only when the first event has been read here. */
  @Test
  void eventsComeAsTheyAreSent() throws Exception {
    CompletableFuture<HttpServerResponse> begun = new CompletableFuture<>();
    try (StubRemote remote =
            new StubRemote(
                VERTX,
                request -> {
                  HttpServerResponse response = stream(request);
                  response.write(token("a"));
                  begun.complete(response);
                });
        RemoteEndpoint endpoint = endpoint(remote.target());
        RemoteReply reply = open(endpoint)) {
      assertThat(reply.next(LIMIT)).asString().isEqualTo(token("a"));
      assertThat(reply.next(Duration.ZERO)).isNull();
      assertThat(reply.next(Duration.ofMillis(20))).isNull();
      assertThat(reply.isFinished()).isFalse();

      var _ = begun.join().end(token("b") + DONE);

      assertThat(readAll(reply)).isEqualTo(token("b") + DONE);
    }
  }

  @Test
  void aReplyInOnePieceComesAtItsEnd() throws Exception {
    String body = " {\"choices\":[{\"message\":{\"content\":\"" + "é".repeat(100_000) + "\"}}]}\n";
    try (StubRemote remote = new StubRemote(VERTX, json(body));
        RemoteEndpoint endpoint = endpoint(remote.target());
        RemoteReply reply = open(endpoint)) {
      assertThat(reply.isStream()).isFalse();
      assertThat(reply.next(LIMIT)).asString(StandardCharsets.UTF_8).isEqualTo(body);
      assertThat(reply.isFinished()).isTrue();
      assertThat(reply.next(LIMIT)).isNull();
      assertThat(reply.meter().isComplete()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 413, 422})
  void aRefusalOfTheRequestIsAReply(int status) throws Exception {
    String body = "{\"error\":{\"message\":\"no top_k\"}}";
    try (StubRemote remote =
            new StubRemote(
                VERTX,
                request -> {
                  request.response().setStatusCode(status);
                  json(body).handle(request);
                });
        RemoteEndpoint endpoint = endpoint(remote.target())) {
      for (int i = 0; i < 10; i++) {
        try (RemoteReply reply = open(endpoint)) {
          assertThat(reply.status()).isEqualTo(status);
          assertThat(reply.isRefusal()).isTrue();
          assertThat(readAll(reply)).isEqualTo(body);
        }
      }
      assertThat(endpoint.circuitState()).as("it works").isEqualTo(State.CLOSED);
    }
  }

  @Test
  void aRefusalThatSaysNothingOfUseIsAFailure() throws Exception {
    assertThat(failureOf(request -> request.response().setStatusCode(413).end("<html>")).code())
        .isEqualTo("status_413");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "<html>", "{\"choices\":[", "[]", "{} x", "{\"error\":{}}"})
  void whatIsNoAnswerIsAFailure(String body) throws Exception {
    assertThat(failureOf(json(body)).reason()).isIn(Reason.BAD_REPLY, Reason.ERROR);
  }

  @Test
  void otherContentIsAFailure() throws Exception {
    assertThat(
            failureOf(request -> request.response().putHeader("content-type", "text/html").end("x"))
                .reason())
        .isEqualTo(Reason.BAD_REPLY);
    assertThat(failureOf(request -> request.response().end("{}")).reason())
        .isEqualTo(Reason.BAD_REPLY);
  }

  @Test
  void compressionThatWasNotAskedForIsAFailure() throws Exception {
    assertThat(
            failureOf(request -> {
              request.response().putHeader("content-encoding", "gzip");
              json("{}").handle(request);
            }))
        .hasMessageContaining("compressed");
  }

  @Test
  void aSilenceBeforeTheFirstByteIsAFailure() throws Exception {
    RemoteException failure = silenceOf(request -> stream(request).write(Buffer.buffer()));
    assertThat(failure.reason()).isEqualTo(Reason.TIMEOUT);
    assertThat(failure).hasMessage("the remote model did not begin to answer within 1000 ms");
  }

  @Test
  void aSilenceWithinTheAnswerIsAFailureThatTheRemoteIsToldOf() throws Exception {
    CompletableFuture<Void> closed = new CompletableFuture<>();
    RemoteException failure =
        silenceOf(request -> {
          request.connection().closeHandler(closed::complete);
          stream(request).write(token("a") + "data: {\"choi");
        });
    assertThat(failure).hasMessage("the remote model was silent for 1000 ms within its answer");
    closed.get(10, TimeUnit.SECONDS);
  }

  @Test
  void whatCameBeforeABreakIsReadFirst() throws Exception {
    CompletableFuture<HttpServerRequest> begun = new CompletableFuture<>();
    try (StubRemote remote =
            new StubRemote(
                VERTX,
                request ->
                    stream(request)
                        .write(token("a") + token("b") + "data: {")
                        .onSuccess(written -> begun.complete(request)));
        RemoteEndpoint endpoint = endpoint(remote.target());
        RemoteReply reply = open(endpoint)) {
      var _ = begun.get(10, TimeUnit.SECONDS).connection().close();
      ByteArrayOutputStream before = new ByteArrayOutputStream();
      RemoteException failure =
          catchThrowableOfType(
              RemoteException.class,
              () -> {
                while (!reply.isFinished()) {
                  before.writeBytes(Objects.requireNonNull(reply.next(LIMIT)));
                }
              });
      assertThat(failure.reason()).isEqualTo(Reason.RESET);
      assertThat(before.toString(StandardCharsets.UTF_8)).isEqualTo(token("a") + token("b"));
      assertThat(remote.received()).as("not tried again").hasSize(1);
    }
  }

  @Test
  void eventsBeforeABadOneAreReadFirst() throws Exception {
    try (StubRemote remote =
            new StubRemote(
                VERTX,
                request ->
                    stream(request)
                        .end(token("a") + "data: {\"error\":{}}\n\n" + token("b") + DONE));
        RemoteEndpoint endpoint = endpoint(remote.target());
        RemoteReply reply = open(endpoint)) {
      assertThat(reply.next(LIMIT)).asString().isEqualTo(token("a"));
      assertThat(failure(reply).reason()).isEqualTo(Reason.ERROR);
      assertThat(reply.meter().isComplete()).isFalse();
    }
  }

  @Test
  void aStreamWithoutItsEndIsAFailure() throws Exception {
    assertThat(failureOf(request -> stream(request).end(token("a"))))
        .hasMessageContaining("ended before its [DONE]");
  }

  @Test
  void anEventThatIsTooLargeIsAFailure() throws Exception {
    Buffer half = Buffer.buffer("data: " + "x".repeat(RemoteReply.MAX_EVENT / 2));
    assertThat(failureOf(request -> trickle(stream(request), List.of(half, half, half), 0)))
        .hasMessageContaining("an event of more than 4194304 bytes");
  }

  @Test
  void aReplyThatIsTooLargeIsAFailure() throws Exception {
    Buffer part = Buffer.buffer(" ".repeat(4 << 20));
    assertThat(
            failureOf(request ->
                trickle(
                    request
                        .response()
                        .setChunked(true)
                        .putHeader("content-type", "application/json"),
                    List.of(part, part, part, part, part, part, part, part, part),
                    0)))
        .hasMessageContaining("a reply of more than 33554432 bytes");
  }

  /** What follows is not waited for, and the connection is used again if it ends soon. */
  @Test
  void theAnswerEndsWithDone() throws Exception {
    try (StubRemote remote =
            new StubRemote(VERTX, request -> stream(request).write(token("a") + DONE + "x"));
        RemoteEndpoint endpoint = endpoint(remote.target());
        RemoteReply reply = open(endpoint)) {
      assertThat(readAll(reply)).isEqualTo(token("a") + DONE);
    }
  }

  @Test
  void aConnectionIsUsedAgain() throws Exception {
    try (StubRemote remote =
            new StubRemote(VERTX, request -> stream(request).end(token("a") + DONE));
        RemoteEndpoint endpoint = endpoint(remote.target())) {
      for (int i = 0; i < 3; i++) {
        try (RemoteReply reply = open(endpoint)) {
          readAll(reply);
        }
        while (endpoint.openCalls() > 0) {
          Thread.onSpinWait();
        }
      }
      assertThat(remote.received().stream().map(r -> r.request().connection()).distinct())
          .hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theRemoteNoticesAtOnceThatItIsGivenUp(boolean byClosing) throws Exception {
    CompletableFuture<Void> closed = new CompletableFuture<>();
    try (StubRemote remote =
            new StubRemote(
                VERTX,
                request -> {
                  request.connection().closeHandler(closed::complete);
                  stream(request).write(token("a"));
                });
        RemoteEndpoint endpoint = endpoint(remote.target());
        RemoteReply reply = open(endpoint)) {
      assertThat(reply.next(LIMIT)).isNotNull();
      if (byClosing) {
        reply.close();
      } else {
        FutureTask<RemoteException> reader = new FutureTask<>(() -> failure(reply));
        Thread.startVirtualThread(reader);
        reply.cancel();
        assertThat(reader.get(10, TimeUnit.SECONDS).reason()).isEqualTo(Reason.CANCELLED);
      }
      closed.get(10, TimeUnit.SECONDS);
      assertThat(endpoint.openCalls()).isZero();
    }
  }

  @Test
  void whatHasWhollyComeCanBeGivenUpToo() throws Exception {
    try (StubRemote remote =
            new StubRemote(VERTX, request -> stream(request).end(token("a") + DONE));
        RemoteEndpoint endpoint = endpoint(remote.target());
        RemoteReply reply = open(endpoint)) {
      while (endpoint.openCalls() > 0) {
        Thread.onSpinWait();
      }
      reply.cancel();
      assertThat(failure(reply).reason()).isEqualTo(Reason.CANCELLED);
    }
  }

  /** Sends as fast as the network takes it. */
  private static void flood(
      HttpServerResponse response, Buffer event, long events, AtomicLong sent) {
    while (!response.writeQueueFull()) {
      if (sent.get() == events) {
        response.drainHandler(null);
        var _ = response.end(DONE);
        return;
      }
      response.write(event);
      sent.incrementAndGet();
    }
    response.drainHandler(drained -> flood(response, event, events, sent));
  }

  @Test
  void aReaderThatDoesNotReadStopsTheRemote() throws Exception {
    String event = token("x".repeat(8000));
    long events = 20_000; // 160 MB: more than all buffers between the two can hold
    AtomicLong sent = new AtomicLong();
    try (StubRemote remote =
            new StubRemote(
                VERTX, request -> flood(stream(request), Buffer.buffer(event), events, sent));
        RemoteEndpoint endpoint = endpoint(remote.target());
        RemoteReply reply = open(endpoint)) {
      byte[] first = Objects.requireNonNull(reply.next(LIMIT));
      long before;
      do {
        before = sent.get();
        Thread.sleep(500);
      } while (sent.get() > before);
      assertThat(sent.get()).as("sent to a reader that does not read").isLessThan(events / 2);

      long read = first.length;
      for (byte[] next = reply.next(LIMIT); next != null; next = reply.next(LIMIT)) {
        read += next.length;
      }

      assertThat(read).isEqualTo(events * event.length() + DONE.length());
    }
  }

  /** In HTTP/2 streams share a connection, and its window. */
  @Test
  void aReaderThatDoesNotReadStopsItsOwnStreamOnly(@TempDir Path directory) throws Exception {
    PfxOptions certificate = LocalCertificate.in(directory);
    Buffer event = Buffer.buffer(token("x".repeat(8000)));
    long events = 20_000;
    AtomicLong sent = new AtomicLong();
    CompletableFuture<Throwable> reset = new CompletableFuture<>();
    try (StubRemote remote =
        new StubRemote(
            VERTX,
            new HttpServerOptions().setSsl(true).setUseAlpn(true).setKeyCertOptions(certificate),
            request -> {
              HttpServerResponse response = stream(request);
              if (sent.get() == 0) {
                response.exceptionHandler(reset::complete);
                flood(response, event, events, sent);
              } else {
                var _ = response.end(token("a") + DONE);
              }
            })) {
      Target.Remote target = StubRemote.target("https", remote.port(), null, LIMIT);
      try (RemoteEndpoint endpoint =
              new RemoteEndpoint(
                  VERTX,
                  target,
                  RemoteEndpoint.options(target).setTrustOptions(certificate),
                  name -> null,
                  System::nanoTime);
          RemoteReply unread = open(endpoint)) {
        assertThat(unread.next(LIMIT)).isNotNull();
        long before;
        do {
          before = sent.get();
          Thread.sleep(200);
        } while (sent.get() > before);
        assertThat(before * event.length()).as("bytes sent to it").isLessThan(1 << 20);
        for (int i = 0; i < 20; i++) {
          try (RemoteReply other = open(endpoint)) {
            assertThat(readAll(other)).isEqualTo(token("a") + DONE);
          }
        }
        assertThat(remote.received().stream().map(r -> r.request().connection()).distinct())
            .hasSize(1);

        unread.cancel();

        assertThat(reset.get(10, TimeUnit.SECONDS)).hasMessageContaining("8");
      }
    }
  }

  @Test
  void streamsTakeNoThreads() throws Exception {
    int streams = 200;
    CountDownLatch begun = new CountDownLatch(streams);
    CompletableFuture<Void> goOn = new CompletableFuture<>();
    try (StubRemote remote =
            new StubRemote(
                VERTX,
                request -> {
                  HttpServerResponse response = stream(request);
                  response.write(token("a"));
                  var _ = goOn.thenRun(() -> response.end(token("b") + DONE));
                });
        RemoteEndpoint endpoint = endpoint(remote.target())) {
      int before = ManagementFactory.getThreadMXBean().getThreadCount();
      List<FutureTask<String>> readers = new ArrayList<>();
      for (int i = 0; i < streams; i++) {
        FutureTask<String> reader =
            new FutureTask<>(() -> {
              try (RemoteReply reply = open(endpoint)) {
                String first =
                    new String(Objects.requireNonNull(reply.next(LIMIT)), StandardCharsets.UTF_8);
                begun.countDown();
                return first + readAll(reply);
              }
            });
        readers.add(reader);
        Thread.startVirtualThread(reader);
      }
      assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(endpoint.openCalls()).isEqualTo(streams);
      assertThat(ManagementFactory.getThreadMXBean().getThreadCount() - before)
          .as("threads for %d streams", streams)
          .isLessThan(50);

      goOn.complete(null);

      for (FutureTask<String> reader : readers) {
        assertThat(reader.get(30, TimeUnit.SECONDS)).isEqualTo(token("a") + token("b") + DONE);
      }
    }
  }
}
