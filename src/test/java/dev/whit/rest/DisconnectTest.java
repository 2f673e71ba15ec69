package dev.whit.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whit.backend.CancelCause;
import dev.whit.backend.GenerationEvent;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that goes away, or does not read, takes its generations with it. */
@QuarkusTest
@TestProfile(FakeModels.Profile.class)
final class DisconnectTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TestHTTPResource
  @SuppressWarnings("NullAway.Init")
  URI server;

  private static String request(String prompt, boolean stream) {
    return """
    {"model": "fake", "prompt": "%s", "messages": [{"role": "user", "content": "%s"}],
     "stream": %s, "n": 2, "max_tokens": 1000000}\
    """
        .formatted(prompt, prompt, stream);
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/completions, true, hang",
    "/v1/completions, false, hang",
    "/v1/chat/completions, true, hang",
    "/v1/chat/completions, false, hang",
    "/v1/completions, true, hang-after:abc"
  })
  void givesUpWhenTheClientGoesAwayWhileNothingComes(String path, boolean stream, String prompt)
      throws Exception {
    String id = "gone-" + path + stream + prompt;
    try (RawHttp connection = new RawHttp(server.getPort())) {
      connection.post(path, request(prompt, stream), "x-request-id: " + id);
      awaitStarted(id, 2);
    }
    assertThat(ends(id, 2)).containsOnly(new GenerationEvent.Cancelled(CancelCause.CLIENT_GONE));
  }

  @Test
  void givesUpEmbeddingsWhenTheClientGoesAway() throws Exception {
    String body = "{\"model\": \"fake\", \"input\": [\"hang\", \"hang\"]}";
    try (RawHttp connection = new RawHttp(server.getPort())) {
      connection.post("/v1/embeddings", body, "x-request-id: gone-embeddings");
      awaitStarted("gone-embeddings", 2);
    }
    assertThat(ends("gone-embeddings", 2))
        .containsOnly(new GenerationEvent.Cancelled(CancelCause.CLIENT_GONE));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void givesUpWhenAStreamOfHttp2IsReset(boolean stream) throws Exception {
    String id = "h2-" + stream;
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
      HttpRequest request =
          HttpRequest.newBuilder(server.resolve("/v1/completions"))
              .header("Content-Type", "application/json")
              .header("x-request-id", id)
              .POST(HttpRequest.BodyPublishers.ofString(request("hang", stream)))
              .build();
      var reply = client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
      awaitStarted(id, 2);
      reply.cancel(true);
      assertThat(ends(id, 2)).containsOnly(new GenerationEvent.Cancelled(CancelCause.CLIENT_GONE));
    }
  }

  @Test
  void givesUpOnAClientThatDoesNotRead() throws Exception {
    try (RawHttp connection = new RawHttp(server.getPort(), 4096)) {
      connection.post("/v1/completions", request("endless", true), "x-request-id: slow");
      assertThat(ends("slow", 2))
          .containsOnly(new GenerationEvent.Cancelled(CancelCause.SLOW_READER));
    }
  }

  /** Few events, so that it is the network that is full and not the queue of unread events. */
  @Test
  void givesUpOnAClientThatLeavesTheNetworkFull() throws Exception {
    String body =
        """
        {"model": "fake", "prompt": "hang-after:%s", "stream": true, "max_tokens": 1000000, "logprobs": 20}\
        """
            .formatted("b".repeat(12_000));
    try (RawHttp connection = new RawHttp(server.getPort(), 4096)) {
      connection.post("/v1/completions", body, "x-request-id: full");
      assertThat(ends("full", 1))
          .containsOnly(new GenerationEvent.Cancelled(CancelCause.SLOW_READER));
    }
  }

  @Test
  void leavesNothingBehindAfterRandomDisconnects() throws Exception {
    Random random = new Random(3);
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      boolean stream = random.nextBoolean();
      int reads = random.nextInt(6);
      clients.add(
          Thread.ofVirtual()
              .start(() -> {
                try (RawHttp connection = new RawHttp(server.getPort())) {
                  connection.post("/v1/completions", request("hang-after:abcde", stream));
                  for (int read = 0; stream && read < reads; read++) {
                    connection.readUntil("\n\n");
                  }
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              }));
    }
    for (Thread client : clients) {
      client.join(PATIENCE);
    }
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (FakeModels.FAKE.running.get() > 0 && System.nanoTime() < deadline) {
      Thread.sleep(5);
    }
    assertThat(FakeModels.FAKE.running).hasValue(0);
  }

  static void awaitStarted(String id, int generations) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (FakeModels.FAKE.requests.stream().filter(r -> r.id().equals(id)).count() < generations) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.sleep(5);
    }
  }

  private static List<GenerationEvent> ends(String id, int generations)
      throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (FakeModels.FAKE.ends.getOrDefault(id, List.of()).size() < generations) {
      assertThat(System.nanoTime()).as("waiting for the end of %s", id).isLessThan(deadline);
      Thread.sleep(5);
    }
    return FakeModels.FAKE.ends.getOrDefault(id, List.of());
  }
}
