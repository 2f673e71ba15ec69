package dev.whit.metrics;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import dev.whit.rest.FakeModels;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@TestProfile(FakeModels.Profile.class)
final class ScrapeTest {
  /** The third is what Prometheus sends. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/openmetrics-text",
        "application/openmetrics-text; version=1.0.0",
        "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1"
      })
  void isOpenMetricsOnRequest(String accept) {
    given()
        .header("Accept", accept)
        .get("/metrics")
        .then()
        .statusCode(200)
        .contentType(startsWith("application/openmetrics-text; version=1.0.0"))
        .header("x-request-id", not(""))
        .body(containsString("whit_build_info"), endsWith("# EOF\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*/*",
        "text/plain",
        "text/plain;version=0.0.4;q=0.9,application/openmetrics-text;q=0.4",
        "text/html,application/xhtml+xml,*/*;q=0.8",
        "application/json"
      })
  void isPrometheusTextElse(String accept) {
    given()
        .header("Accept", accept)
        .get("/metrics")
        .then()
        .statusCode(200)
        .contentType(startsWith("text/plain; version=0.0.4"))
        .body(containsString("whit_build_info"), not(containsString("# EOF")));
  }
}
