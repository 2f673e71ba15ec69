package dev.whit.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that sends too slowly, or nothing. */
@QuarkusTest
@TestProfile(SlowClientTest.Impatient.class)
final class SlowClientTest {
  private static final String VERSION = "GET /version HTTP/1.1\r\nHost: localhost\r\n";

  @TestHTTPResource
  @SuppressWarnings("NullAway.Init")
  URI server;

  /** Waits a second for a head, for a body, and for another request. */
  public static final class Impatient extends FakeModels.Profile {
    @Override
    public Map<String, String> getConfigOverrides() {
      Map<String, String> overrides = new HashMap<>(super.getConfigOverrides());
      overrides.put("whit.http.header-timeout", "1s");
      overrides.put("whit.http.keep-alive", "1s");
      overrides.put("whit.http.body-timeout", "1s");
      return overrides;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/completions", "/v1/chat/completions"})
  void aBodyThatDoesNotArriveIsATimeoutAndTheEndOfTheConnection(String path) throws Exception {
    try (RawHttp connection = new RawHttp(server.getPort())) {
      connection.send(
          "POST %s HTTP/1.1\r\nHost: localhost\r\n".formatted(path)
              + "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"model\"");

      String head = connection.readHead();

      assertThat(head).startsWith("HTTP/1.1 408 ").contains("x-request-id");
      assertThat(head).containsIgnoringCase("connection: close");
      assertThat(connection.readToEnd())
          .contains("\"code\":\"request_timeout\"")
          .contains("the body did not arrive within 1 s");
    }
  }

  /** Slowloris: each line is in time, the head never ends. */
  @ParameterizedTest
  @ValueSource(strings = {"GET /version HTT", VERSION, "PRI * HTTP/2.0\r\n\r\nSM"})
  void aHeadThatNeverEndsIsCut(String beginning) throws Exception {
    try (RawHttp connection = new RawHttp(server.getPort())) {
      connection.send(beginning);
      assertCutWhileSending(connection);
    }
  }

  /** Nothing, and what may still become a head: a TLS handshake in the wrong place. */
  @ParameterizedTest
  @ValueSource(strings = {"", "\u0000\u0001\r\n\r\n", "\u0016\u0003\u0001\u0002\u0000\u0001\r\n"})
  void aConnectionThatAsksForNothingIsCut(String bytes) throws Exception {
    try (RawHttp connection = new RawHttp(server.getPort())) {
      connection.send(bytes);
      assertThat(connection.readToEnd()).isEmpty();
    }
  }

  @Test
  void aConnectionIsKeptForAnotherRequestForSomeTimeOnly() throws Exception {
    try (RawHttp connection = new RawHttp(server.getPort())) {
      for (int request = 0; request < 2; request++) {
        connection.send(VERSION + "\r\n");
        assertThat(connection.readBody(connection.readHead())).contains("version");
      }
      assertThat(connection.readToEnd()).isEmpty();
    }
  }

  @Test
  void aLaterHeadThatNeverEndsIsCutToo() throws Exception {
    try (RawHttp connection = new RawHttp(server.getPort())) {
      connection.send(VERSION + "\r\n");
      assertThat(connection.readBody(connection.readHead())).contains("version");
      connection.send(VERSION);
      assertCutWhileSending(connection);
    }
  }

  /** Eight pings are four times as long as any limit here. */
  @Test
  void anAnswerMayTakeLonger() throws Exception {
    try (RawHttp connection = new RawHttp(server.getPort())) {
      connection.post(
          "/v1/completions", "{\"model\": \"fake\", \"prompt\": \"hang\", \"stream\": true}");
      assertThat(connection.readHead()).startsWith("HTTP/1.1 200 ");
      for (int ping = 0; ping < 8; ping++) {
        assertThat(connection.readUntil("\n\n")).endsWith(": ping\n\n");
      }
    }
  }

  private static void assertCutWhileSending(RawHttp connection) throws InterruptedException {
    IOException cut = null;
    for (int line = 0; line < 300 && cut == null; line++) {
      try {
        connection.send("x");
      } catch (IOException e) {
        cut = e;
      }
      Thread.sleep(100);
    }
    assertThat(cut).as("after 30 s of one more byte").isNotNull();
  }
}
