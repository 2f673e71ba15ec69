package dev.whit.rest;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(FakeModels.Profile.class)
final class AccessLogTest {
  private static final Logger LOG = Logger.getLogger("dev.whit.access");

  @TestHTTPResource
  @SuppressWarnings("NullAway.Init")
  URI server;

  private final Lines lines = new Lines();

  /** Keeps what is logged. */
  private static final class Lines extends Handler {
    private final List<String> lines = new CopyOnWriteArrayList<>();

    @Override
    public void publish(LogRecord line) {
      lines.add(line.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @BeforeEach
  void listen() {
    LOG.addHandler(lines);
  }

  @AfterEach
  void stop() {
    LOG.removeHandler(lines);
  }

  /** The line is written after the reply. */
  private String line(String id) throws InterruptedException {
    for (int i = 0; i < 500; i++) {
      for (String line : lines.lines) {
        if (line.startsWith("request_id=" + id + " ")) {
          return line;
        }
      }
      Thread.sleep(20);
    }
    throw new AssertionError("no line of " + id + " among " + lines.lines);
  }

  private static void post(String path, String id, String body) {
    given().contentType(ContentType.JSON).header("x-request-id", id).body(body).post(path);
  }

  @Test
  void tellsOfAnAnswer() throws Exception {
    post(
        "/v1/completions",
        "whole",
        "{\"model\":\"fake\",\"prompt\":\"say:secret\",\"max_tokens\":9}");

    assertThat(line("whole"))
        .matches(
            "request_id=whole method=POST path=/v1/completions status=200 duration_ms=[0-9.]+"
                + " model=fake prompt_tokens=11 cached_tokens=0 completion_tokens=7"
                + " ttft_ms=[0-9.]+")
        .doesNotContain("secret");
  }

  @Test
  void tellsOfAStreamedAnswer() throws Exception {
    post(
        "/v1/chat/completions",
        "streamed",
        """
        {"model":"fake","messages":[{"role":"user","content":"say:ab"}],"stream":true}\
        """);

    assertThat(line("streamed"))
        .contains(" path=/v1/chat/completions status=200 ", " completion_tokens=3 ttft_ms=");
  }

  @Test
  void tellsOfAClientThatWent() throws Exception {
    try (RawHttp connection = new RawHttp(server.getPort())) {
      connection.post(
          "/v1/completions",
          "{\"model\":\"fake\",\"prompt\":\"hang-after:abc\",\"stream\":true}",
          "x-request-id: gone");
      connection.readUntil("\"text\":\"c\"");
    }

    assertThat(line("gone")).contains(" status=499 ", " model=fake ", " completion_tokens=3 ");
  }

  @Test
  void tellsOfWhatIsRefused() throws Exception {
    post("/v1/completions", "refused", "{\"prompt\":7}");

    assertThat(line("refused")).matches(".* status=400 duration_ms=[0-9.]+");
  }

  @Test
  void aPathCannotForgeALine() throws Exception {
    try (RawHttp connection = new RawHttp(server.getPort())) {
      connection.send(
          "GET /%0arequest_id=forged%20x?key=secret HTTP/1.1\r\nHost: x\r\nx-request-id: odd\r\n\r\n");
      connection.readHead();
    }

    assertThat(line("odd"))
        .contains(" path=/%0arequest_id=forged%20x status=404 ")
        .doesNotContain("\n", "secret");
  }

  @Test
  void doesNotTellOfProbesAndScrapes() throws Exception {
    given().header("x-request-id", "probe").get("/health/live");
    given().header("x-request-id", "scrape").get("/metrics");
    given().header("x-request-id", "after").get("/v1/models");

    line("after");
    assertThat(lines.lines).noneMatch(line -> line.contains("probe") || line.contains("scrape"));
  }
}
