package dev.whit.rest;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Embeddings over a backend whose vector is (length, last token, 0, -12), or (0, last, 0, 0). */
@QuarkusTest
@TestProfile(FakeModels.Profile.class)
final class EmbeddingsResourceTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static Response post(String fields) {
    return given()
        .contentType("application/json")
        .body("{\"model\": \"fake\", %s}".formatted(fields))
        .post("/v1/embeddings");
  }

  private static JsonNode embed(String fields) throws Exception {
    Response response = post(fields);
    assertThat(response.statusCode()).as(response.asString()).isEqualTo(200);
    return JSON.readTree(response.asString());
  }

  private static float[] vector(JsonNode item) throws Exception {
    return JSON.treeToValue(item.path("embedding"), float[].class);
  }

  @Test
  void givesTheMeanAtUnitLength() throws Exception {
    JsonNode reply = embed("\"input\": [3, 1, 4]");
    assertThat(reply.path("object").asText()).isEqualTo("list");
    assertThat(reply.path("model").asText()).isEqualTo("fake");
    assertThat(reply.path("usage").path("prompt_tokens").asInt()).isEqualTo(3);
    assertThat(reply.path("usage").path("total_tokens").asInt()).isEqualTo(3);
    JsonNode item = reply.path("data").path(0);
    assertThat(item.path("object").asText()).isEqualTo("embedding");
    assertThat(item.path("index").asInt()).isZero();
    assertThat(vector(item)) // (3, 4, 0, -12) is 13 long
        .containsExactly(new float[] {3f / 13, 4f / 13, 0, -12f / 13}, within(1e-6f));
  }

  @Test
  void givesTheLastTokensStateWhenAsked() throws Exception {
    assertThat(vector(embed("\"input\": [3, 1, 4], \"pooling\": \"last\"").path("data").path(0)))
        .containsExactly(0, 1, 0, 0);
  }

  @Test
  void aTextGetsTheTokenizersSpecialTokens() throws Exception {
    JsonNode reply = embed("\"input\": \"ab\"");
    assertThat(reply.path("usage").path("prompt_tokens").asInt()).isEqualTo(3);
    assertThat(FakeModels.FAKE.requests.getLast().prompt()).hasSize(3);
  }

  @Test
  void everyFormOfInputGivesOneVectorForEach() throws Exception {
    for (String input : List.of("[\"a\", \"b\"]", "[[97], [98, 99]]")) {
      JsonNode data = embed("\"input\": " + input).path("data");
      assertThat(data).hasSize(2);
      assertThat(data.path(1).path("index").asInt()).isEqualTo(1);
    }
  }

  @Test
  void theOrderIsThatOfTheInputsHoweverMany() throws Exception {
    String input = "[" + String.join(", ", Collections.nCopies(99, "[1, 5]")) + ", [0, 0, 0, 16]]";
    JsonNode data = embed("\"input\": " + input).path("data");
    assertThat(data).hasSize(100);
    assertThat(vector(data.path(98))).isEqualTo(vector(data.path(0)));
    assertThat(vector(data.path(99))[0]).isCloseTo(4f / (float) Math.sqrt(416), within(1e-6f));
  }

  @Test
  void base64IsTheSameNumbers() throws Exception {
    JsonNode numbers = embed("\"input\": [3, 1, 4], \"encoding_format\": \"float\"");
    JsonNode encoded = embed("\"input\": [3, 1, 4], \"encoding_format\": \"base64\"");
    byte[] bytes =
        Base64.getDecoder().decode(encoded.path("data").path(0).path("embedding").asText());
    float[] vector = new float[4];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);
    assertThat(bytes).hasSize(16);
    assertThat(vector).isEqualTo(vector(numbers.path("data").path(0)));
  }

  @Test
  void fewerDimensionsAreOfUnitLengthAgain() throws Exception {
    assertThat(vector(embed("\"input\": [3, 1, 4], \"dimensions\": 2").path("data").path(0)))
        .containsExactly(new float[] {0.6f, 0.8f}, within(1e-6f));
  }

  @Test
  void priorityAndSaltReachTheBackend() throws Exception {
    embed("\"input\": \"a\", \"priority\": -3, \"cache_salt\": \"mine\"");
    assertThat(FakeModels.FAKE.requests.getLast().priority()).isEqualTo(-3);
    assertThat(FakeModels.FAKE.requests.getLast().cacheSalt()).isEqualTo("mine");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "input | null",
        "input | 1",
        "input | {}",
        "input | \"\"",
        "input | []",
        "input | [[]]",
        "input | [\"a\", \"\"]",
        "input[1] | [\"a\", 1]",
        "input[1] | [1, \"a\"]",
        "input | [259]",
        "encoding_format | \"int8\"",
        "encoding_format | 1",
        "dimensions | 0",
        "dimensions | 5",
        "dimensions | 1.5",
        "pooling | \"cls\"",
        "priority | \"high\"",
        "user | 1",
        "cache_salt | \"\"",
        "model | 1"
      })
  void namesTheWrongField(String param, String value) {
    String field = param.replaceAll("\\[.*", "");
    Response response = post("\"input\": \"a\", \"%s\": %s".formatted(field, value));
    assertThat(response.statusCode()).as(response.asString()).isEqualTo(400);
    assertThat(response.<String>path("error.type")).isEqualTo("invalid_request_error");
    assertThat(response.<String>path("error.param")).isEqualTo(param);
    assertThat(response.<String>path("error.message")).contains(field);
  }

  @Test
  void boundsTheNumberOfInputs() {
    String inputs = "[" + "\"a\",".repeat(2048) + "\"a\"]";
    Response response = post("\"input\": " + inputs);
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.<String>path("error.message")).contains("2048", "2049");
  }

  @Test
  void statesBothNumbersOfAnInputThatIsTooLong() {
    Response response =
        given()
            .contentType("application/json")
            .body("{\"model\": \"plain\", \"input\": [\"a\", \"%s\"]}".formatted("b".repeat(70)))
            .post("/v1/embeddings");
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.<String>path("error.message")).contains("64 tokens", "71 tokens");
  }

  @Test
  void answersFailuresAsOtherRequestsDo() {
    assertThat(post("\"input\": \"fail\"").statusCode()).isEqualTo(500);
    Response full = post("\"input\": [\"full\", \"a\"]");
    assertThat(full.statusCode()).isEqualTo(429);
    assertThat(full.getHeader("Retry-After")).isEqualTo("3");
    Response unknown =
        given()
            .contentType("application/json")
            .body("{\"model\": \"nobody\", \"input\": \"a\"}")
            .post("/v1/embeddings");
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(unknown.<String>path("error.code")).isEqualTo("model_not_found");
  }
}
