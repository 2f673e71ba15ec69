package dev.whit.rest;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server with API keys, limits for each and one origin. */
@QuarkusTest
@TestProfile(AccessTest.Keys.class)
final class AccessTest {
  private static final String SAYS = "{\"model\":\"fake\",\"prompt\":\"say:a\"}";

  @TestHTTPResource
  @SuppressWarnings("NullAway.Init")
  URI server;

  /** Two keys, one request of each at once, a hundred in a minute. */
  public static final class Keys extends FakeModels.Profile {
    @Override
    public Map<String, String> getConfigOverrides() {
      Map<String, String> overrides = new HashMap<>(super.getConfigOverrides());
      overrides.put("whit.api-keys", "first-key,second-key,third-key");
      overrides.put("whit.access.max-concurrent", "1");
      overrides.put("whit.access.requests-per-minute", "20");
      overrides.put("whit.access.cors-origins", "https://page.example");
      return overrides;
    }
  }

  private static RequestSpecification with(String authorization) {
    return given().header("Authorization", authorization).contentType(ContentType.JSON).body(SAYS);
  }

  private static void isUnauthorized(ValidatableResponse response) {
    response
        .statusCode(401)
        .header("WWW-Authenticate", "Bearer realm=\"whit\"")
        .header("x-request-id", matchesPattern(".+"))
        .contentType(ContentType.JSON)
        .body("error.type", equalTo("invalid_request_error"))
        .body("error.code", equalTo("invalid_api_key"))
        .body("error.param", nullValue());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/models",
        "/v1/models/fake",
        "/metrics",
        "/tokenizer_info",
        "/version",
        "/nothing",
        "/page/../v1/models",
        "/page%2f..%2fv1/models",
        "/index.html/v1/models",
        "/healthy",
        "/health/../v1/models",
        "/v1//models",
        "/HEALTH/live",
        "/health%2f..%2fv1/models"
      })
  void nothingIsReadWithoutAKey(String path) throws Exception {
    try (RawHttp connection = new RawHttp(server.getPort())) {
      connection.send("GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n".formatted(path));
      String head = connection.readHead();
      assertThat(head).startsWith("HTTP/1.1 401 ").containsIgnoringCase("www-authenticate: Bearer");
      assertThat(connection.readBody(head)).contains("invalid_api_key");
    }
  }

  @Test
  void probesNeedNoKey() {
    for (String path : new String[] {"/health", "/health/live", "/health/started"}) {
      given().get(path).then().statusCode(200);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer wrong",
        "Bearer first-keyy",
        "Bearer first-ke",
        "Bearer ",
        "Basic Zmlyc3Q=",
        "first-key",
        "Bearer first-key,second-key"
      })
  void aKeyThatIsNoneIsNotTaken(String authorization) {
    isUnauthorized(with(authorization).post("/v1/completions").then());
  }

  @Test
  void aKeyIsRequiredBeforeTheBodyIsLookedAt() {
    isUnauthorized(
        given().contentType(ContentType.JSON).body("{").post("/v1/chat/completions").then());
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer third-key", "bearer third-key", "BEARER  third-key "})
  void aKeyIsTaken(String authorization) {
    with(authorization).post("/v1/completions").then().statusCode(200);
  }

  @Test
  void aKeyHasItsOwnLimitOfRequestsAtOnce() throws Exception {
    String key = "Authorization: Bearer first-key";
    try (RawHttp running = new RawHttp(server.getPort())) {
      running.post(
          "/v1/completions",
          "{\"model\":\"fake\",\"prompt\":\"hang-after:a\",\"stream\":true}",
          key);
      assertThat(running.readHead()).startsWith("HTTP/1.1 200 ");

      with("Bearer first-key")
          .post("/v1/completions")
          .then()
          .statusCode(429)
          .header("Retry-After", "1")
          .body("error.type", equalTo("rate_limit"))
          .body("error.code", equalTo("rate_limit_exceeded"))
          .body("error.message", containsString("its limit is 1"));
      with("Bearer third-key").post("/v1/completions").then().statusCode(200);
      with("Bearer first-key").get("/v1/models").then().statusCode(200);
    }
    // A client that has gone leaves its place to the next.
    int status = 429;
    for (int i = 0; i < 200 && status == 429; i++) {
      Thread.sleep(50);
      status = with("Bearer first-key").post("/tokenize").statusCode();
    }
    assertThat(status).isEqualTo(200);
  }

  @Test
  void aKeyHasItsOwnLimitOfRequestsInAMinute() {
    ValidatableResponse response = with("Bearer second-key").post("/v1/completions").then();
    for (int i = 0; i < 100 && response.extract().statusCode() == 200; i++) {
      response = with("Bearer second-key").post("/v1/completions").then();
    }
    response
        .statusCode(429)
        .header("Retry-After", matchesPattern("[1-3]"))
        .body("error.message", equalTo("this API key may begin 20 requests a minute"));
  }

  @Test
  void pagesOfTheOriginMayReadReplies() {
    given()
        .header("Origin", "https://page.example")
        .header("Access-Control-Request-Method", "POST")
        .header("Access-Control-Request-Headers", "authorization,content-type")
        .options("/v1/completions")
        .then()
        .statusCode(204)
        .header("Access-Control-Allow-Origin", "https://page.example")
        .header("Access-Control-Allow-Headers", containsString("authorization"));
    with("Bearer third-key")
        .header("Origin", "https://page.example")
        .get("/v1/models")
        .then()
        .statusCode(200)
        .header("Access-Control-Allow-Origin", "https://page.example");
  }

  @Test
  void thePageNeedsNoKeyAndMayOnlyUseItsOwnServer() {
    for (String path : new String[] {"/", "/index.html", "/page/main.js", "/page/page.css"}) {
      given()
          .get(path)
          .then()
          .statusCode(200)
          .header("Content-Security-Policy", startsWith("default-src 'none'; script-src 'self'; "))
          .header("X-Content-Type-Options", "nosniff")
          .header("Cache-Control", "no-cache");
    }
    given().post("/").then().statusCode(404);
  }

  @Test
  void thePageIsNoPageOfAnotherOrigin() {
    String own = "http://" + server.getAuthority();
    with("Bearer third-key").header("Origin", own).get("/v1/models").then().statusCode(200);
    with("Bearer third-key") // behind a proxy that has another name
        .header("Origin", "https://proxy.example")
        .header("Sec-Fetch-Site", "same-origin")
        .get("/v1/models")
        .then()
        .statusCode(200);
    with("Bearer third-key")
        .header("Origin", "http://not-localhost:" + server.getPort())
        .get("/v1/models")
        .then()
        .statusCode(403);
  }

  @Test
  void pagesOfOtherOriginsMayNot() {
    with("Bearer third-key")
        .header("Origin", "https://other.example")
        .get("/v1/models")
        .then()
        .statusCode(403)
        .header("Access-Control-Allow-Origin", nullValue())
        .body("error.message", containsString("origin"));
  }
}
