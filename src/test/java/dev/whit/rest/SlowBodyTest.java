package dev.whit.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A body that does not arrive in time. */
@QuarkusTest
@TestProfile(SlowBodyTest.Impatient.class)
final class SlowBodyTest {
  @TestHTTPResource
  @SuppressWarnings("NullAway.Init")
  URI server;

  /** Waits a second for a body. */
  public static final class Impatient extends FakeModels.Profile {
    @Override
    public Map<String, String> getConfigOverrides() {
      Map<String, String> overrides = new HashMap<>(super.getConfigOverrides());
      overrides.put("whit.http.body-timeout", "1s");
      return overrides;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/completions", "/v1/chat/completions"})
  void isATimeoutAndTheEndOfTheConnection(String path) throws Exception {
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
}
