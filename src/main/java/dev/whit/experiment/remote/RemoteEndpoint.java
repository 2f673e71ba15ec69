package dev.whit.experiment.remote;

import dev.whit.experiment.Target;
import dev.whit.experiment.remote.RemoteException.Reason;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The server of a remote arm. Connections go to the host of its URL and to no other: redirects are
 * failures, proxies are not used. Its key is read from the environment at each call and kept
 * nowhere. Thread-safe.
 */
public final class RemoteEndpoint implements AutoCloseable {
  /** Calls that are open at once. */
  static final int MAX_CALLS = 512;

  private static final int MAX_HEADERS = 32 * 1024;

  /** Window of a stream in HTTP/2 (RFC 9113, section 6.9.2). */
  private static final int STREAM_WINDOW = 65_535;

  /** At 100 streams each, which is what servers allow usually, enough for all calls. */
  private static final int HTTP2_CONNECTIONS = 8;

  private static final Pattern KEY = Pattern.compile("[!-~]{1,4096}");

  private final Vertx vertx;
  private final Target.Remote target;
  private final UnaryOperator<@Nullable String> environment;
  private final HttpClient client;
  private final CircuitBreaker circuit;
  private int openCalls;
  private boolean closed;

  /**
   * The server of an arm.
   *
   * @throws IllegalArgumentException if its URL is none
   */
  public RemoteEndpoint(Vertx vertx, Target.Remote target) {
    this(vertx, target, options(target), System::getenv, System::nanoTime);
  }

  RemoteEndpoint(
      Vertx vertx,
      Target.Remote target,
      HttpClientOptions options,
      UnaryOperator<@Nullable String> environment,
      LongSupplier nanoTime) {
    this.vertx = vertx;
    this.target = target;
    this.environment = environment;
    this.client =
        vertx
            .httpClientBuilder()
            .with(options)
            .with(
                new PoolOptions()
                    .setHttp1MaxSize(MAX_CALLS)
                    .setHttp2MaxSize(HTTP2_CONNECTIONS)
                    .setMaxWaitQueueSize(MAX_CALLS))
            // Its streams are told; otherwise it is logged, with bytes that the remote has sent.
            .withConnectHandler(connection -> connection.exceptionHandler(failure -> {}))
            .build();
    this.circuit = new CircuitBreaker(CircuitBreaker.Settings.DEFAULT, nanoTime);
  }

  /**
   * How to connect.
   *
   * @throws IllegalArgumentException if the URL is none of a server
   */
  static HttpClientOptions options(Target.Remote target) {
    URI url = target.url();
    boolean secure = "https".equals(url.getScheme());
    if (!(secure || "http".equals(url.getScheme()))
        || url.getHost() == null
        || url.getUserInfo() != null
        || url.getQuery() != null
        || url.getFragment() != null) {
      throw new IllegalArgumentException(
          "the URL of a remote arm must be http(s)://host[:port][/path], without user, query and"
              + " fragment");
    }
    return new HttpClientOptions()
        .setSsl(secure)
        .setVerifyHost(true)
        .setUseAlpn(secure)
        .setProtocolVersion(secure ? HttpVersion.HTTP_2 : HttpVersion.HTTP_1_1)
        .setConnectTimeout(Math.toIntExact(target.connectTimeout().toMillis()))
        .setMaxHeaderSize(MAX_HEADERS)
        .setInitialSettings(
            new Http2Settings().setPushEnabled(false).setMaxHeaderListSize(MAX_HEADERS))
        // Streams that are not read must not hold up the others of their connection.
        .setHttp2ConnectionWindowSize(MAX_CALLS * STREAM_WINDOW);
  }

  /**
   * A request to it, which has not been sent.
   *
   * @param limit how long it may take, its whole reply included
   */
  public RemoteCall call(RemoteRequest request, Duration limit) {
    return new RemoteCall(this, request, limit);
  }

  /** Whether calls are let through at present. */
  public CircuitBreaker.State circuitState() {
    return circuit.state();
  }

  /** Calls that take a connection. */
  public synchronized int openCalls() {
    return openCalls;
  }

  CircuitBreaker circuit() {
    return circuit;
  }

  HttpClient client() {
    return client;
  }

  /**
   * What is sent beside the body.
   *
   * @throws RemoteException if there is no key
   */
  RequestOptions options(RemoteRequest request) {
    URI url = target.url();
    String root = url.getRawPath().replaceFirst("/+$", "");
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setHost(url.getHost())
            .setPort(port(url))
            .setURI(root + request.path())
            .setFollowRedirects(false)
            .putHeader("content-type", "application/json")
            .putHeader("accept", "application/json, text/event-stream")
            .putHeader("accept-encoding", "identity")
            .putHeader("x-request-id", request.requestId());
    if (request.traceparent() != null) {
      options.putHeader("traceparent", request.traceparent());
    }
    String variable = target.keyVariable();
    if (variable != null) {
      options.putHeader("authorization", "Bearer " + key(variable));
    }
    return options;
  }

  private static int port(URI url) {
    if (url.getPort() >= 0) {
      return url.getPort();
    }
    return "https".equals(url.getScheme()) ? 443 : 80;
  }

  private String key(String variable) {
    String value = environment.apply(variable);
    String key = value == null ? "" : value.strip();
    if (!KEY.matcher(key).matches()) {
      throw new RemoteException(
          Reason.NO_KEY, "the variable of the remote model's key is not set, or to no key");
    }
    return key;
  }

  /**
   * A stream that has not begun, counted until it is over.
   *
   * @throws RemoteException if too many are open
   */
  synchronized RemoteStream stream(Deadline deadline) {
    if (closed || openCalls == MAX_CALLS) {
      throw new RemoteException(
          Reason.BUSY,
          closed
              ? "the remote model is no longer an arm"
              : "the remote model has %d open calls, the limit".formatted(MAX_CALLS));
    }
    openCalls++;
    return new RemoteStream(vertx, target, deadline, this::released);
  }

  private synchronized void released() {
    openCalls--;
    closeIfUnused();
  }

  private void closeIfUnused() {
    if (closed && openCalls == 0) {
      client.close();
    }
  }

  /** Takes no more calls; connections are closed when the last has ended. */
  @Override
  public synchronized void close() {
    closed = true;
    closeIfUnused();
  }

  /** Without its key. */
  @Override
  public String toString() {
    return target.url() + " " + target.model();
  }
}
