package dev.whit.rest;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesRegex;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(FakeModels.Profile.class)
final class ModelsResourceTest {
  @Test
  void listsTheServedModelsInOrder() {
    given()
        .get("/v1/models")
        .then()
        .statusCode(200)
        .body("object", equalTo("list"))
        .body("data.id", contains("fake", "plain"))
        .body("data[0].object", equalTo("model"))
        .body("data[0].created", equalTo(1_700_000_000))
        .body("data[0].owned_by", equalTo("whit"))
        .body("data[0].format", equalTo("nanoquant"))
        .body("data[0].bits_per_weight", equalTo(0.73f))
        .body("data[0].bytes.linears", equalTo(100))
        .body("data[0].max_context", equalTo(1 << 20))
        .body("data[0].licence", equalTo("fake-1.0"))
        .body("data[0].device", equalTo("fake"));
  }

  @Test
  void givesOne() {
    given().get("/v1/models/plain").then().statusCode(200).body("max_context", equalTo(64));
  }

  @Test
  void hasNoOther() {
    given()
        .get("/v1/models/some/other")
        .then()
        .statusCode(404)
        .body("error.code", equalTo("model_not_found"))
        .body(
            "error.message",
            equalTo("the model some/other does not exist; served are: fake, plain"));
  }

  @Test
  void answersHeadWithoutABody() {
    given().head("/v1/models").then().statusCode(200).body(equalTo(""));
  }

  @Test
  void statesTheVersion() {
    given().get("/version").then().statusCode(200).body("version", matchesRegex("\\d+\\.\\d+.*"));
  }
}
