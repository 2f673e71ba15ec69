package dev.whit.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whit.client.EventReader;
import dev.whit.client.ServerAddress;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Asks a server. Used by one thread at a time. */
public final class ChatClient implements AnswerSource, AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
  private static final int MAX_REPLY = 4 << 20;
  private static final int MAX_SHOWN = 500;
  private static final String DONE = "[DONE]";

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_LIMIT)
          .build();
  private final ServerAddress server;

  /** A client of a server. */
  public ChatClient(ServerAddress server) {
    this.server = server;
  }

  /**
   * The first model that the server lists.
   *
   * @throws IOException if it cannot be asked or lists none
   */
  public String firstModel() throws IOException, InterruptedException {
    HttpRequest request = server.request("v1/models").timeout(CONNECT_LIMIT).build();
    try (InputStream body = open(request)) {
      JsonNode id = JSON.readTree(body.readNBytes(MAX_REPLY)).path("data").path(0).path("id");
      if (!id.isTextual()) {
        throw new IOException(server + "v1/models lists no model");
      }
      return id.asText();
    } catch (JsonProcessingException e) {
      throw new IOException(server + "v1/models is not JSON", e);
    }
  }

  @Override
  public Answer ask(JsonNode body, AnswerListener listener)
      throws IOException, InterruptedException {
    HttpRequest request =
        server
            .request("v1/chat/completions")
            .header("content-type", "application/json")
            .header("accept", "text/event-stream")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build();
    AnswerBuilder answer = new AnswerBuilder(System.nanoTime(), listener);
    try (InputStream stream = open(request)) {
      EventReader events = new EventReader(stream);
      for (String data = events.next(); data != null; data = events.next()) {
        if (data.equals(DONE)) {
          return answer.build();
        }
        JsonNode event = JSON.readTree(data);
        if (event.has("error")) {
          throw new IOException(event.path("error").path("message").asText());
        }
        answer.add(event, System.nanoTime());
      }
    } catch (JsonProcessingException e) {
      throw new IOException("the server sent an event that is not JSON", e);
    } catch (IOException e) {
      // The stream hides an interruption of its reader in an exception of its own.
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      throw e;
    }
    throw new IOException("the connection was closed before the end of the answer");
  }

  private InputStream open(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<InputStream> response;
    try {
      response = http.send(request, BodyHandlers.ofInputStream());
    } catch (ConnectException e) {
      throw new IOException("cannot connect to " + server, e);
    }
    if (response.statusCode() == 200) {
      return response.body();
    }
    try (InputStream body = response.body()) {
      throw new IOException(
          "%s answers %d: %s"
              .formatted(server, response.statusCode(), message(body.readNBytes(MAX_REPLY))));
    }
  }

  private static String message(byte[] body) {
    String message = textOf(body);
    String line = message == null ? "no JSON" : message.replaceAll("\\s+", " ");
    return line.length() <= MAX_SHOWN ? line : line.substring(0, MAX_SHOWN) + "…";
  }

  private static @Nullable String textOf(byte[] body) {
    try {
      return JSON.readTree(body).path("error").path("message").asText();
    } catch (IOException e) {
      return null;
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
