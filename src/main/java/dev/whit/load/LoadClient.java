package dev.whit.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whit.client.EventReader;
import dev.whit.client.ServerAddress;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client of OpenAI's API that times what it gets. Safe for use by many threads. */
public final class LoadClient implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
  private static final int MAX_ERROR_BYTES = 64 * 1024;
  private static final int MAX_LIST_BYTES = 4 << 20;
  private static final int MAX_SHOWN = 200;
  private static final String DONE = "[DONE]";

  // One connection for each request at work, as different clients would have.
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_LIMIT)
          .build();
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().name("timeouts").daemon().factory());
  private final ServerAddress server;

  /**
   * A client of a server.
   *
   * @param server its address, with or without {@code /v1}
   * @param apiKey sent as a bearer token
   */
  public LoadClient(URI server, @Nullable String apiKey) {
    this.server = new ServerAddress(server, apiKey);
    timer.setRemoveOnCancelPolicy(true);
  }

  /**
   * The first model that the server lists.
   *
   * @throws IOException if it cannot be asked or lists none
   */
  public String firstModel() throws IOException, InterruptedException {
    HttpRequest request = server.request("v1/models").timeout(CONNECT_LIMIT).build();
    HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      if (response.statusCode() != 200) {
        throw new IOException(
            "%s answers %d: %s".formatted(request.uri(), response.statusCode(), error(body)));
      }
      JsonNode id = JSON.readTree(body.readNBytes(MAX_LIST_BYTES)).path("data").path(0).path("id");
      if (!id.isTextual()) {
        throw new IOException(request.uri() + " lists no model");
      }
      return id.asText();
    }
  }

  /**
   * Sends a request and waits for the end of its answer.
   *
   * @param due when it was due, ns of {@link System#nanoTime}: waiting counts from then
   * @param timeout from now to the end of the answer
   */
  Outcome send(Endpoint endpoint, JsonNode body, long due, Duration timeout) {
    HttpRequest request =
        server
            .request(endpoint.path())
            .timeout(timeout)
            .header("content-type", "application/json")
            .header("accept", "text/event-stream")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build();
    long deadline = System.nanoTime() + timeout.toNanos();
    try {
      HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
      try (InputStream stream = response.body()) {
        return read(response.statusCode(), stream, due, deadline);
      }
    } catch (HttpTimeoutException e) {
      return timedOut(timeout);
    } catch (ConnectException e) {
      return new Outcome.Failed("no connection", describe(e));
    } catch (ProtocolException | JsonProcessingException e) {
      return new Outcome.Failed("malformed", describe(e));
    } catch (IOException e) {
      return System.nanoTime() >= deadline
          ? timedOut(timeout)
          : new Outcome.Failed("connection lost", describe(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Outcome.Failed("interrupted", describe(e));
    }
  }

  private Outcome read(int status, InputStream stream, long due, long deadline) throws IOException {
    // The client's own timeout ends with the headers.
    ScheduledFuture<?> watch =
        timer.schedule(
            () -> {
              stream.close();
              return null;
            },
            deadline - System.nanoTime(),
            TimeUnit.NANOSECONDS);
    try {
      return status == 200
          ? answer(new EventReader(stream), due)
          : new Outcome.Failed("http " + status, error(stream));
    } finally {
      watch.cancel(false);
    }
  }

  private static Outcome answer(EventReader events, long due) throws IOException {
    Answer answer = new Answer(due);
    for (String data = events.next(); data != null; data = events.next()) {
      long now = System.nanoTime();
      if (data.equals(DONE)) {
        return answer.end(now);
      }
      JsonNode event = JSON.readTree(data);
      if (!event.isObject()) {
        throw new ProtocolException("an event that is no object: " + shortened(data));
      }
      if (event.has("error")) {
        return new Outcome.Failed(
            "error event", shortened(event.path("error").path("message").asText()));
      }
      answer.event(event, now);
    }
    return new Outcome.Failed("connection lost", "the stream ended before " + DONE);
  }

  private static Outcome timedOut(Duration timeout) {
    return new Outcome.Failed(
        "timeout", "no whole answer within %.3g s".formatted(timeout.toNanos() * 1e-9));
  }

  private static String error(InputStream body) throws IOException {
    byte[] bytes = body.readNBytes(MAX_ERROR_BYTES);
    try {
      return shortened(JSON.readTree(bytes).path("error").path("message").asText());
    } catch (JsonProcessingException e) {
      return "no JSON, %d bytes".formatted(bytes.length);
    }
  }

  private static String describe(Exception failure) {
    String message = failure.getMessage();
    return shortened(message == null ? failure.getClass().getSimpleName() : message);
  }

  private static String shortened(String text) {
    String line = text.replaceAll("\\s+", " ");
    return line.length() <= MAX_SHOWN ? line : line.substring(0, MAX_SHOWN) + "…";
  }

  @Override
  public void close() {
    http.close();
    timer.shutdownNow();
  }
}
