package dev.whit.rest;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;

import dev.whit.api.ModelRegistry;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@TestProfile(FakeModels.Profile.class)
final class ErrorResponsesTest {
  private static final int LIMIT = 8 << 20;
  private static final String POST =
      "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

  @Inject ModelRegistry models;

  @TestHTTPResource
  @SuppressWarnings("NullAway.Init")
  URI server;

  @AfterEach
  void ready() {
    models.enter(ModelRegistry.State.READY);
  }

  private static ValidatableResponse post(String path, String prompt) {
    return given()
        .contentType("application/json")
        .body(
            """
            {"model": "fake", "prompt": "%s", "messages": [{"role": "user", "content": "%s"}]}\
            """
                .formatted(prompt, prompt))
        .post(path)
        .then()
        .contentType("application/json");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/page",
        "/page/none.js",
        "/v1",
        "/v1/nothing",
        "/v1/completions/x",
        "/v1/chat",
        "/..%2f",
        "/a%00b"
      })
  void answersAnUnknownPath(String path) throws Exception {
    try (RawHttp connection = new RawHttp(server.getPort())) {
      connection.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
      String head = connection.readHead();
      assertThat(head).containsPattern("HTTP/1.1 40[04] ").contains("x-request-id");
      assertThat(connection.readBody(head)).contains("\"type\":\"invalid_request_error\"");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/%zz", "/v1/models/%", "/v1/models/a?b=%zz", "/metrics?%c", "/health/%g0"})
  void answersATargetThatIsWronglyEncoded(String target) throws Exception {
    try (RawHttp connection = new RawHttp(server.getPort())) {
      connection.send(
          "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nx-request-id: mine\r\n\r\n");
      String head = connection.readHead();
      assertThat(head).startsWith("HTTP/1.1 400 ").contains("x-request-id: mine");
      assertThat(connection.readBody(head))
          .contains("\"type\":\"invalid_request_error\"", "wrongly encoded");
      assertUsable(connection);
    }
  }

  @Test
  void answersARequestWithoutAHost() throws Exception {
    try (RawHttp connection = new RawHttp(server.getPort())) {
      connection.send("GET /version HTTP/1.1\r\n\r\n");
      String head = connection.readHead();
      assertThat(head).startsWith("HTTP/1.1 400 ").contains("x-request-id");
      assertThat(connection.readBody(head)).contains("\"type\":\"invalid_request_error\"");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "-1", "99999999999999999999", "1, 2", ""})
  void refusesALengthThatIsNone(String length) throws Exception {
    try (RawHttp connection = new RawHttp(server.getPort())) {
      connection.send(POST.formatted("/v1/completions") + "Content-Length: " + length + "\r\n\r\n");
      assertThat(connection.readHead()).startsWith("HTTP/1.1 4");
    }
  }

  @Test
  void answersAnUnknownModel() {
    given()
        .contentType("application/json")
        .body("{\"model\": \"gpt-4\", \"prompt\": \"a\"}")
        .post("/v1/completions")
        .then()
        .statusCode(404)
        .body("error.code", equalTo("model_not_found"))
        .body("error.param", equalTo("model"))
        .body("error.message", containsString("gpt-4"));
  }

  @Test
  void answersAWrongMethod() {
    given()
        .get("/v1/completions")
        .then()
        .statusCode(405)
        .body("error.code", equalTo("method_not_allowed"));
    given().delete("/v1/models").then().statusCode(405);
  }

  @Test
  void answersAWrongContentType() {
    given()
        .contentType("text/plain")
        .body("{}")
        .post("/v1/completions")
        .then()
        .statusCode(415)
        .body("error.code", equalTo("unsupported_media_type"));
  }

  @Test
  void takesACharset() {
    given()
        .contentType("application/json; charset=UTF-8")
        .body("{\"model\": \"fake\", \"prompt\": \"say:a\"}")
        .post("/v1/completions")
        .then()
        .statusCode(200);
  }

  @Test
  void answersAFullQueue() {
    post("/v1/completions", "full")
        .statusCode(429)
        .header("Retry-After", "3")
        .body("error.type", equalTo("rate_limit"));
    post("/v1/chat/completions", "full").statusCode(429);
  }

  @ParameterizedTest
  @ValueSource(strings = {"fail", "broken"})
  void tellsNothingOfAFailureButWhereToLook(String prompt) {
    post("/v1/completions", prompt)
        .statusCode(500)
        .body("error.type", equalTo("server_error"))
        .body("error.message", containsString("request id "))
        .body("error.message", not(containsString("secret")));
  }

  @Test
  void failsAStreamBeforeItsFirstByteWithAStatus() {
    given()
        .contentType("application/json")
        .body("{\"model\": \"fake\", \"prompt\": \"fail\", \"stream\": true}")
        .post("/v1/completions")
        .then()
        .statusCode(500)
        .contentType("application/json");
  }

  @Test
  void isUnavailableWhileLoading() {
    models.progress(0.426);
    models.enter(ModelRegistry.State.LOADING);
    post("/v1/completions", "a")
        .statusCode(503)
        .header("Retry-After", "1")
        .body("error.message", containsString("42 %"));
    given().get("/v1/models").then().statusCode(503);
    given().get("/v1/models/fake").then().statusCode(503);
    given().get("/version").then().statusCode(200);
  }

  @Test
  void isUnavailableWhileDraining() {
    models.enter(ModelRegistry.State.DRAINING);
    post("/v1/chat/completions", "a").statusCode(503).header("Retry-After", "10");
  }

  @Test
  void echoesTheRequestIdOrMakesOne() {
    given()
        .header("x-request-id", "my-id_1/2:3")
        .get("/v1/models")
        .then()
        .header("x-request-id", "my-id_1/2:3");
    given()
        .header("x-request-id", "a".repeat(129))
        .get("/nothing")
        .then()
        .header("x-request-id", not(equalTo("a".repeat(129))))
        .header("x-request-id", not(equalTo("")));
    given()
        .header("x-request-id", "two words")
        .get("/nothing")
        .then()
        .header("x-request-id", not(equalTo("two words")));
  }

  @Test
  void refusesABodyThatSaysItIsTooLarge() throws Exception {
    try (RawHttp connection = new RawHttp(server.getPort())) {
      connection.post("/v1/completions", "x".repeat(10_000_000));
      String head = connection.readHead();
      assertThat(head).startsWith("HTTP/1.1 413 ").contains("x-request-id");
      assertThat(connection.readBody(head)).contains(LIMIT + " bytes");
      assertUsable(connection);
    }
  }

  @Test
  void refusesABodyThatTurnsOutTooLarge() throws Exception {
    try (RawHttp connection = new RawHttp(server.getPort())) {
      connection.send(
          POST.formatted("/v1/chat/completions") + "Transfer-Encoding: chunked\r\n\r\n");
      for (int i = 0; i < 10; i++) {
        connection.send("F4240\r\n" + "x".repeat(1_000_000) + "\r\n");
      }
      connection.send("0\r\n\r\n");
      String head = connection.readHead();
      assertThat(head).startsWith("HTTP/1.1 413 ");
      assertThat(connection.readBody(head)).contains("request_too_large");
      assertUsable(connection);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/nothing", "/v1/models"})
  void throwsAwayABodyThatNobodyReads(String path) throws Exception {
    try (RawHttp connection = new RawHttp(server.getPort())) {
      connection.post(path, "x".repeat(1_000_000));
      String head = connection.readHead();
      assertThat(head).containsPattern("HTTP/1.1 40[45]");
      assertThat(connection.readBody(head)).contains("error");
      assertUsable(connection);
    }
  }

  @Test
  void asksForABodyThatWaitsToBeAskedFor() throws Exception {
    try (RawHttp connection = new RawHttp(server.getPort())) {
      String body = "{\"model\": \"fake\", \"prompt\": \"say:a\"}";
      connection.send(
          POST.formatted("/v1/completions")
              + "Content-Length: %d\r\nExpect: 100-continue\r\n\r\n".formatted(body.length()));
      assertThat(connection.readHead()).startsWith("HTTP/1.1 100 ");
      connection.send(body);
      String head = connection.readHead();
      assertThat(head).startsWith("HTTP/1.1 200 ");
      assertThat(connection.readBody(head)).contains("\"text\":\"a\"");
    }
  }

  @Test
  void doesNotWaitForEverForABodyThatItHasRefused() throws Exception {
    try (RawHttp connection = new RawHttp(server.getPort())) {
      connection.send(
          POST.formatted("/v1/completions") + "Content-Length: 9223372036854775807\r\n\r\n{");
      assertThat(connection.readToEnd()).startsWith("HTTP/1.1 413 ").contains(LIMIT + " bytes");
    }
  }

  @Test
  void refusesACompressedBody() throws Exception {
    try (RawHttp connection = new RawHttp(server.getPort())) {
      connection.post("/v1/completions", "{\"model\": \"fake\"}", "Content-Encoding: gzip");
      String head = connection.readHead();
      assertThat(head).startsWith("HTTP/1.1 415 ");
      assertThat(connection.readBody(head)).contains("compressed bodies are not taken");
      assertUsable(connection);
      connection.post(
          "/v1/completions",
          "{\"model\": \"fake\", \"prompt\": \"say:a\"}",
          "Content-Encoding: Identity");
      assertThat(connection.readHead()).startsWith("HTTP/1.1 200 ");
    }
  }

  @Test
  void doesNotBlameTheServerForAConnectionThatCloses() {
    IOException failure = new IOException(new IOException("Failed to write"));
    assertThat(ErrorMapper.of(failure, "id").status()).isEqualTo(499);
  }

  @Test
  void readsABodyOfManyPieces() throws Exception {
    try (RawHttp connection = new RawHttp(server.getPort())) {
      connection.send(POST.formatted("/v1/completions") + "Transfer-Encoding: chunked\r\n\r\n");
      for (char c : "{\"model\": \"fake\", \"prompt\": \"say:a\"}".toCharArray()) {
        connection.send("1\r\n" + c + "\r\n");
      }
      connection.send("0\r\n\r\n");
      String head = connection.readHead();
      assertThat(head).startsWith("HTTP/1.1 200 ");
      assertThat(connection.readBody(head)).contains("\"text\":\"a\"");
    }
  }

  private static void assertUsable(RawHttp connection) throws Exception {
    connection.send("GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n");
    String head = connection.readHead();
    assertThat(head).startsWith("HTTP/1.1 200 ");
    assertThat(connection.readBody(head)).contains("version");
  }
}
