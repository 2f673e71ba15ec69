package dev.whit.selfcheck;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.whit.client.ServerAddress;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Asks a server, as lm-evaluation-harness does. Safe for use by many threads. */
public final class ServerClient implements AutoCloseable {
  /** What the harness waits for a reply. */
  private static final Duration TIMEOUT = Duration.ofMinutes(5);

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /** A name that comes twice in an object would hide a collision of tokens. */
  static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_TIMEOUT)
          .build();

  private final ServerAddress server;

  /**
   * A client of a server.
   *
   * @param url the server, with or without /v1
   * @param apiKey sent as a bearer token, if there is one
   */
  public ServerClient(URI url, @Nullable String apiKey) {
    this.server = new ServerAddress(url, apiKey);
  }

  /** A reply of any status. */
  record Reply(int status, HttpHeaders headers, String body) {
    /**
     * The body.
     *
     * @throws ContractViolation if it is not JSON, or a name comes twice in an object
     */
    JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (JsonProcessingException e) {
        throw new ContractViolation("the reply is not JSON: " + e.getOriginalMessage());
      }
    }
  }

  /** Names of the models that are served. */
  public String firstModel() throws IOException, InterruptedException {
    Reply reply = get("v1/models");
    JsonNode models = reply.status() == 200 ? JSON.readTree(reply.body()).path("data") : null;
    if (models == null || !models.path(0).path("id").isTextual()) {
      throw new IOException(
          "%sv1/models names no model, status %d".formatted(server, reply.status()));
    }
    return models.get(0).get("id").asText();
  }

  Reply get(String path) throws IOException, InterruptedException {
    return send(request(path).GET());
  }

  Reply post(String path, JsonNode body, String... headers)
      throws IOException, InterruptedException {
    return post(path, body.toString(), headers);
  }

  /** Posts a body as it is; headers come as name, value, name, value, … */
  Reply post(String path, String body, String... headers) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        request(path)
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request);
  }

  private HttpRequest.Builder request(String path) {
    return server.request(path).timeout(TIMEOUT);
  }

  private Reply send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    return new Reply(response.statusCode(), response.headers(), response.body());
  }

  @Override
  public void close() {
    http.close();
  }
}
