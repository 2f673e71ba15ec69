package dev.whit.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whit.backend.CancelCause;
import dev.whit.backend.GenerationEvent;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.SocketException;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What no HTTP library sends, and what none shows. */
@QuarkusTest
@TestProfile(FakeModels.Profile.class)
final class RawConnectionTest {
  private static final String SAYS = "{\"model\":\"fake\",\"prompt\":\"say:ab\"}";
  private static final String STREAMS =
      "{\"model\":\"fake\",\"prompt\":\"say:ab\",\"stream\":true}";
  private static final String POST =
      "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

  @TestHTTPResource
  @SuppressWarnings("NullAway.Init")
  URI server;

  private RawHttp connect() throws Exception {
    return new RawHttp(server.getPort());
  }

  private void assertAlive() throws Exception {
    try (RawHttp connection = connect()) {
      connection.send("GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(connection.readHead()).startsWith("HTTP/1.1 200 ");
    }
  }

  /** Every byte of a stream but its time. */
  @Test
  void aStreamIsTheseBytes() throws Exception {
    try (RawHttp connection = connect()) {
      connection.post(
          "/v1/completions",
          "{\"model\":\"fake\",\"prompt\":\"say:a\",\"stream\":true}",
          "x-request-id: id");
      String body = connection.readBody(connection.readHead());
      String chunk =
          """
          data: {"id":"cmpl-id","object":"text_completion","created":0,"model":"fake",\
          "choices":[{"index":0,"text":"%s","logprobs":null,"finish_reason":%s}]}

          """;
      assertThat(body.replaceAll("\"created\":\\d+", "\"created\":0"))
          .isEqualTo(
              chunk.formatted("a", "null") + chunk.formatted("", "\"stop\"") + "data: [DONE]\n\n");
    }
  }

  @Test
  void requestsMayBePipelined() throws Exception {
    String request = POST + "Content-Length: " + SAYS.length() + "\r\n\r\n" + SAYS;
    String get = "GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n";
    String stream = POST + "Content-Length: " + STREAMS.length() + "\r\n\r\n" + STREAMS;
    try (RawHttp connection = connect()) {
      connection.send(request + stream + get + request);
      assertThat(connection.readBody(connection.readHead())).contains("\"text\":\"ab\"");
      assertThat(connection.readBody(connection.readHead())).endsWith("data: [DONE]\n\n");
      assertThat(connection.readBody(connection.readHead())).contains("version");
      assertThat(connection.readBody(connection.readHead())).contains("\"text\":\"ab\"");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET\r\n\r\n",
        "GET /version\r\n\r\n",
        "GET /version HTTP/1.1\r\nno colon\r\n\r\n",
        "GET /version HTTP/1.1\r\nHost: x\r\n : folded\r\nA\u0000B: c\r\n\r\n",
        "SSH-2.0-OpenSSH_9.6\r\n\r\n"
      })
  void garbageIsRefusedAndTheConnectionClosed(String garbage) throws Exception {
    try (RawHttp connection = connect()) {
      connection.send(garbage);
      assertThat(connection.readToEnd()).containsPattern("^(HTTP/1.[01] [45]\\d\\d [^\u0000]*)?$");
    }
    assertAlive();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"zz\r\n{}\r\n0\r\n\r\n", "-1\r\n{}\r\n0\r\n\r\n", "ffffffffffffffffff\r\n{}"})
  void aChunkOfNoLengthIsRefused(String chunks) throws Exception {
    try (RawHttp connection = connect()) {
      connection.send(POST + "Transfer-Encoding: chunked\r\n\r\n" + chunks);
      assertThat(connection.readToEnd()).matches("(?s)(HTTP/1.1 4\\d\\d .*)?");
    }
    assertAlive();
  }

  @Test
  void aChunkThatIsLongerThanItSaysIsRefused() throws Exception {
    try (RawHttp connection = connect()) {
      connection.send(POST + "Transfer-Encoding: chunked\r\n\r\n2\r\n" + SAYS + "\r\n0\r\n\r\n");
      assertThat(connection.readToEnd()).doesNotContain("HTTP/1.1 200 ");
    }
    assertAlive();
  }

  @Test
  void aHeadIsBounded() throws Exception {
    for (String head :
        List.of(
            "GET /%s HTTP/1.1\r\nHost: x\r\n\r\n".formatted("a".repeat(100_000)),
            "GET /version HTTP/1.1\r\nHost: x\r\nA: %s\r\n\r\n".formatted("a".repeat(100_000)),
            "GET /version HTTP/1.1\r\nHost: x\r\n%s\r\n".formatted("a: b\r\n".repeat(100_000)))) {
      try (RawHttp connection = connect()) {
        connection.send(head);
        assertThat(connection.readHead()).containsPattern("^HTTP/1.[01] 4(31|14|00) ");
      } catch (SocketException e) {
        assertThat(e).as("closed on what it still sent").isNotNull();
      }
    }
    assertAlive();
  }

  @Test
  void http10IsAnsweredAndClosed() throws Exception {
    try (RawHttp connection = connect()) {
      connection.postAs("HTTP/1.0", "/v1/completions", SAYS);
      String head = connection.readHead();
      assertThat(head).contains(" 200 ").containsIgnoringCase("content-length: ");
      assertThat(connection.readToEnd()).contains("\"text\":\"ab\"").endsWith("}");
    }
  }

  /** It cannot be told from one that went away, and that must cost nothing more. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aClientThatClosesItsHalfHasGone(boolean stream) throws Exception {
    String id = "half-" + stream;
    try (RawHttp connection = connect()) {
      connection.post(
          "/v1/completions",
          "{\"model\":\"fake\",\"prompt\":\"hang\",\"stream\":%s}".formatted(stream),
          "x-request-id: " + id);
      DisconnectTest.awaitStarted(id, 1);
      connection.closeOutput();
      connection.readToEnd();
    }
    for (int i = 0; i < 3000 && !FakeModels.FAKE.ends.containsKey(id); i++) {
      Thread.sleep(10);
    }
    assertThat(FakeModels.FAKE.ends.get(id))
        .containsExactly(new GenerationEvent.Cancelled(CancelCause.CLIENT_GONE));
  }

  /** Slow, but within what a piece may take: all of it, in order. */
  @Test
  void aSlowReaderGetsEverything() throws Exception {
    String words = "abcdefgh ".repeat(1_000);
    try (RawHttp connection = new RawHttp(server.getPort(), 4096)) {
      connection.post(
          "/v1/completions",
          "{\"model\":\"fake\",\"prompt\":\"say:%s\",\"stream\":true,\"max_tokens\":100000}"
              .formatted(words));
      StringBuilder text = new StringBuilder();
      assertThat(connection.readHead()).startsWith("HTTP/1.1 200 ");
      String event = "";
      for (int i = 1; !event.endsWith("data: [DONE]\n\n"); i++) {
        event = connection.readUntil("\n\n");
        int at = event.indexOf("\"text\":\"") + 8;
        text.append(event, at, Math.max(at, event.indexOf('"', at)));
        if (i % 100 == 0) {
          Thread.sleep(1);
        }
      }
      assertThat(text.toString()).contains(words);
    }
  }
}
