package dev.whit.it;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** Refuses the first requests as a loaded server does, and passes the others on. */
final class RefusingProxy implements AutoCloseable {
  private final URI server;
  private final int status;
  private final int refusals;
  private final AtomicInteger requests = new AtomicInteger();
  private final HttpClient http = HttpClient.newHttpClient();
  private final HttpServer proxy;

  RefusingProxy(URI server, int status, int refusals) throws IOException {
    this.server = server;
    this.status = status;
    this.refusals = refusals;
    proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    proxy.createContext("/", this::answer);
    proxy.start();
  }

  String url() {
    return "http://127.0.0.1:" + proxy.getAddress().getPort();
  }

  /** Requests that have come. */
  int requests() {
    return requests.get();
  }

  private void answer(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    if (requests.getAndIncrement() < refusals) {
      exchange.getResponseHeaders().add("Retry-After", "1");
      byte[] error =
          "{\"error\":{\"message\":\"later\",\"type\":\"rate_limit\",\"param\":null,\"code\":null}}"
              .getBytes(StandardCharsets.UTF_8);
      reply(exchange, status, error);
      return;
    }
    HttpRequest request =
        HttpRequest.newBuilder(server.resolve(exchange.getRequestURI()))
            .header("authorization", exchange.getRequestHeaders().getFirst("authorization"))
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    try {
      HttpResponse<byte[]> passed = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      reply(exchange, passed.statusCode(), passed.body());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void reply(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    proxy.stop(0);
    http.close();
  }
}
