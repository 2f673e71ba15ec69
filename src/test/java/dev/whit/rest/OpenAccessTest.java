package dev.whit.rest;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import org.junit.jupiter.api.Test;

/** A server without keys and origins: the default. */
@QuarkusTest
@TestProfile(FakeModels.Profile.class)
final class OpenAccessTest {
  @Test
  void everybodyMayUseIt() {
    given().get("/v1/models").then().statusCode(200);
    given().header("Authorization", "Bearer any").get("/v1/models").then().statusCode(200);
  }

  @Test
  void noPageOfAnotherOriginMayReadReplies() {
    given()
        .header("Origin", "https://page.example")
        .get("/v1/models")
        .then()
        .header("Access-Control-Allow-Origin", nullValue());
    given()
        .header("Origin", "https://page.example")
        .header("Access-Control-Request-Method", "POST")
        .options("/v1/completions")
        .then()
        .header("Access-Control-Allow-Origin", nullValue());
  }
}
