package dev.whit.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;

/** An endpoint that does to its n-th request what a test wants. */
final class StubEndpoint implements AutoCloseable {
  /** What happens to a request. */
  enum Reaction {
    /** Three pieces of text and the usage: 3 tokens for a prompt of 10, 4 of them cached. */
    ANSWER,
    /** The same without usage. */
    ANSWER_WITHOUT_USAGE,
    REFUSE,
    FAIL_IN_THE_MIDDLE,
    END_IN_THE_MIDDLE,
    NO_JSON,
    NO_OBJECT,
    /** A piece, then nothing until the stub is closed. */
    HANG
  }

  final List<JsonNode> bodies = new CopyOnWriteArrayList<>();
  final List<String> keys = new CopyOnWriteArrayList<>();
  private final IntFunction<Reaction> reactions;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;

  StubEndpoint(IntFunction<Reaction> reactions) {
    this.reactions = reactions;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext(
        "/v1/models", exchange -> whole(exchange, 200, "{\"data\":[{\"id\":\"stub\"}]}"));
    server.createContext("/v1/completions", this::complete);
    server.createContext("/v1/chat/completions", this::complete);
    server.start();
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private void complete(HttpExchange exchange) throws IOException {
    int number;
    synchronized (bodies) {
      number = bodies.size();
      bodies.add(new ObjectMapper().readTree(exchange.getRequestBody().readAllBytes()));
      keys.add(String.valueOf(exchange.getRequestHeaders().getFirst("authorization")));
    }
    switch (reactions.apply(number)) {
      case ANSWER -> stream(exchange, piece("a"), piece("b"), piece(""), piece("c"), USAGE, DONE);
      case ANSWER_WITHOUT_USAGE -> stream(exchange, piece("a"), piece("b"), DONE);
      case REFUSE -> whole(exchange, 429, "{\"error\":{\"message\":\"the queue is full\"}}");
      case FAIL_IN_THE_MIDDLE ->
          stream(exchange, piece("a"), "{\"error\":{\"message\":\"it broke\"}}", DONE);
      case END_IN_THE_MIDDLE -> stream(exchange, piece("a"));
      case NO_JSON -> stream(exchange, "{", DONE);
      case NO_OBJECT -> stream(exchange, "null", DONE);
      case HANG -> {
        exchange.sendResponseHeaders(200, 0);
        write(exchange.getResponseBody(), piece("a"));
        awaitClosing();
      }
    }
    exchange.close();
  }

  private static final String USAGE =
      """
      {"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":3,\
      "prompt_tokens_details":{"cached_tokens":4}}}\
      """;
  private static final String DONE = "[DONE]";

  private static String piece(String text) {
    return "{\"choices\":[{\"text\":\"%s\",\"delta\":{\"role\":\"assistant\"}}]}".formatted(text);
  }

  private static void stream(HttpExchange exchange, String... events) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    for (String event : events) {
      write(exchange.getResponseBody(), event);
    }
  }

  private static void write(OutputStream out, String event) throws IOException {
    out.write((": a comment\r\ndata: " + event + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private static void whole(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private void awaitClosing() {
    try {
      closing.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
