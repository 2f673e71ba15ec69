package dev.whit.experiment.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.whit.experiment.Target;
import dev.whit.experiment.remote.RemoteException.Reason;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PfxOptions;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RemoteEndpointTest {
  private static final Vertx VERTX = Vertx.vertx();
  private static final String KEY = "sk-very-secret";
  private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @AfterAll
  static void stop() {
    var _ = VERTX.close();
  }

  private static void answer(HttpServerRequest request) {
    request.response().putHeader("content-type", "application/json").end("{\"choices\":[]}");
  }

  private static RemoteRequest request(@Nullable String traceparent) {
    byte[] body = "{\"model\":\"big\"}".getBytes(StandardCharsets.UTF_8);
    return new RemoteRequest("/chat/completions", body, "r-1", traceparent);
  }

  private static RemoteEndpoint endpoint(Target.Remote target, Map<String, String> environment) {
    return new RemoteEndpoint(
        VERTX, target, RemoteEndpoint.options(target), environment::get, System::nanoTime);
  }

  private static String whole(RemoteEndpoint endpoint, RemoteRequest request) throws Exception {
    try (RemoteReply reply = endpoint.call(request, LIMIT).open(gap -> {})) {
      byte[] body = Objects.requireNonNull(reply.next(LIMIT));
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  @Test
  void sendsTheBodyAndAFixedListOfHeaders() throws Exception {
    try (StubRemote remote = new StubRemote(VERTX, RemoteEndpointTest::answer);
        RemoteEndpoint endpoint =
            endpoint(
                StubRemote.target("http", remote.port(), "KEY", LIMIT),
                Map.of("KEY", KEY + "\n"))) {
      assertThat(whole(endpoint, request(TRACE))).isEqualTo("{\"choices\":[]}");

      StubRemote.Received received = remote.received().remove();
      assertThat(received.body()).isEqualTo("{\"model\":\"big\"}");
      assertThat(received.request().method()).isEqualTo(HttpMethod.POST);
      assertThat(received.request().uri()).isEqualTo("/v1/chat/completions");
      MultiMap headers = received.request().headers();
      assertThat(headers.get("authorization")).isEqualTo("Bearer " + KEY);
      assertThat(headers.get("x-request-id")).isEqualTo("r-1");
      assertThat(headers.get("traceparent")).isEqualTo(TRACE);
      assertThat(headers.names().stream().map(name -> name.toLowerCase(Locale.ROOT)))
          .containsExactlyInAnyOrder(
              "host",
              "content-length",
              "content-type",
              "accept",
              "accept-encoding",
              "authorization",
              "x-request-id",
              "traceparent");
    }
  }

  @Test
  void sendsNoKeyWhereNoneIsWantedAndNoBrokenTraceContext() throws Exception {
    try (StubRemote remote = new StubRemote(VERTX, RemoteEndpointTest::answer);
        RemoteEndpoint endpoint = endpoint(remote.target(), Map.of("KEY", KEY))) {
      whole(endpoint, request("00-\r\nx: y"));
      MultiMap headers = remote.received().remove().request().headers();
      assertThat(headers.contains("authorization")).isFalse();
      assertThat(headers.contains("traceparent")).isFalse();
      assertThat(headers.contains("x")).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "two words", "a\nb", "é"})
  void aKeyThatIsNoneIsNeitherSentNorTold(String key) throws Exception {
    try (StubRemote remote = new StubRemote(VERTX, RemoteEndpointTest::answer);
        RemoteEndpoint endpoint =
            endpoint(StubRemote.target("http", remote.port(), "KEY", LIMIT), Map.of("KEY", key))) {
      RemoteException failure =
          catchThrowableOfType(RemoteException.class, () -> whole(endpoint, request(null)));
      assertThat(failure.reason()).isEqualTo(Reason.NO_KEY);
      assertThat(failure)
          .hasMessage("the variable of the remote model's key is not set, or to no key");
      assertThat(remote.received()).isEmpty();
    }
  }

  @Test
  void aKeyThatChangesIsReadAgain() throws Exception {
    Map<String, String> environment = new ConcurrentHashMap<>();
    try (StubRemote remote = new StubRemote(VERTX, RemoteEndpointTest::answer);
        RemoteEndpoint endpoint =
            endpoint(StubRemote.target("http", remote.port(), "KEY", LIMIT), environment)) {
      assertThatThrownBy(() -> whole(endpoint, request(null))).isInstanceOf(RemoteException.class);
      environment.put("KEY", KEY);
      whole(endpoint, request(null));
      assertThat(remote.received()).hasSize(1);
      assertThat(endpoint.toString()).doesNotContain(KEY);
    }
  }

  /** Redirects would let a remote choose where we connect to. */
  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void redirectsAreFailuresAndNotFollowed(int status) throws Exception {
    try (StubRemote other = new StubRemote(VERTX, RemoteEndpointTest::answer);
        StubRemote remote =
            new StubRemote(
                VERTX,
                request ->
                    request
                        .response()
                        .setStatusCode(status)
                        .putHeader("location", other.target().url() + "chat/completions")
                        .end());
        RemoteEndpoint endpoint = endpoint(remote.target(), Map.of())) {
      RemoteException failure =
          catchThrowableOfType(RemoteException.class, () -> whole(endpoint, request(null)));
      assertThat(failure.code()).isEqualTo("status_" + status);
      assertThat(failure).hasMessageNotContaining("localhost");
      assertThat(other.received()).isEmpty();
      assertThat(remote.received()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://host/v1",
        "file:///etc/passwd",
        "host:8000/v1",
        "/v1",
        "http:///v1",
        "https://user:secret@host/v1",
        "https://host/v1?key=secret",
        "https://host/v1#x"
      })
  void whatIsNoUrlOfAServerIsRefused(String url) {
    Target.Remote target = new Target.Remote(URI.create(url), "m", null, LIMIT, LIMIT, LIMIT);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RemoteEndpoint.options(target))
        .withMessageNotContaining("secret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://other/", "//other/x", "/../x", "/x?y", "", "chat"})
  void whatIsNoPathOfTheApiIsRefused(String path) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RemoteRequest(path, new byte[0], "r-1", null));
  }

  @Test
  void speaksHttp2WhereTheRemoteDoes(@TempDir Path directory) throws Exception {
    PfxOptions certificate = LocalCertificate.in(directory);
    HttpServerOptions secure =
        new HttpServerOptions().setSsl(true).setUseAlpn(true).setKeyCertOptions(certificate);
    try (StubRemote remote = new StubRemote(VERTX, secure, RemoteEndpointTest::answer)) {
      Target.Remote target = StubRemote.target("https", remote.port(), null, LIMIT);
      HttpClientOptions trusting = RemoteEndpoint.options(target).setTrustOptions(certificate);
      try (RemoteEndpoint endpoint =
          new RemoteEndpoint(VERTX, target, trusting, name -> null, System::nanoTime)) {
        assertThat(whole(endpoint, request(null))).isEqualTo("{\"choices\":[]}");
      }
      assertThat(remote.received().remove().request().version()).isEqualTo(HttpVersion.HTTP_2);
    }
  }

  @Test
  void aCertificateThatNobodyVouchesForIsAFailureToConnect(@TempDir Path directory)
      throws Exception {
    HttpServerOptions secure =
        new HttpServerOptions().setSsl(true).setKeyCertOptions(LocalCertificate.in(directory));
    try (StubRemote remote = new StubRemote(VERTX, secure, RemoteEndpointTest::answer);
        RemoteEndpoint endpoint =
            endpoint(StubRemote.target("https", remote.port(), null, LIMIT), Map.of())) {
      RemoteException failure =
          catchThrowableOfType(RemoteException.class, () -> whole(endpoint, request(null)));
      assertThat(failure.reason()).isEqualTo(Reason.CONNECT);
      assertThat(remote.received()).isEmpty();
    }
  }

  @Test
  void aClosedOneTakesNoMoreCallsAndLetsTheOthersEnd() throws Exception {
    var held = new CompletableFuture<HttpServerRequest>();
    try (StubRemote remote = new StubRemote(VERTX, held::complete);
        RemoteEndpoint endpoint = endpoint(remote.target(), Map.of())) {
      var reply = new FutureTask<>(() -> whole(endpoint, request(null)));
      Thread.startVirtualThread(reply);
      HttpServerRequest request = held.get(10, TimeUnit.SECONDS);

      endpoint.close();

      RemoteException failure =
          catchThrowableOfType(RemoteException.class, () -> whole(endpoint, request(null)));
      assertThat(failure.reason()).isEqualTo(Reason.BUSY);
      answer(request);
      assertThat(reply.get(10, TimeUnit.SECONDS)).isEqualTo("{\"choices\":[]}");
      assertThat(endpoint.openCalls()).isZero();
    }
  }
}
