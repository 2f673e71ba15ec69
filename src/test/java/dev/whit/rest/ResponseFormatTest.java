package dev.whit.rest;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code response_format} through HTTP. */
@QuarkusTest
@TestProfile(FakeModels.Profile.class)
final class ResponseFormatTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String COMPLETION = "/v1/completions";
  private static final String CHAT = "/v1/chat/completions";
  private static final String SCHEMA =
      """
      {"type": "object", "properties": {
        "name": {"type": "string", "maxLength": 12},
        "age": {"type": "integer", "minimum": 0, "maximum": 150},
        "tags": {"type": "array", "items": {"enum": ["a", "ü", "🙂"]}, "maxItems": 3}},
       "required": ["name", "age", "tags"], "additionalProperties": false}\
      """;

  private static String request(String format, String more) {
    return """
    {"model": "fake", "prompt": "p", "messages": [{"role": "user", "content": "p"}],
     "response_format": %s, "seed": 11%s}\
    """
        .formatted(format, more);
  }

  private static String schemaFormat(String schema) {
    return """
    {"type": "json_schema", "json_schema": {"name": "person", "strict": true, "schema": %s}}\
    """
        .formatted(schema);
  }

  private static ValidatableResponse post(String path, String body) {
    return given().contentType(ContentType.JSON).body(body).post(path).then();
  }

  private static String text(JsonNode choice) {
    return choice.has("message")
        ? choice.path("message").path("content").asText()
        : choice.path("text").asText();
  }

  private static void assertValid(String text) throws Exception {
    var schema = JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(SCHEMA);
    assertThat(schema.validate(JSON.readTree(text))).as(text).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {COMPLETION, CHAT})
  void everyChoiceValidatesWhateverStopsSay(String path) throws Exception {
    String body =
        post(
                path,
                request(
                    schemaFormat(SCHEMA),
                    ", \"n\": 5, \"max_tokens\": 2000, \"stop\": [\"a\", \"}\", \":\"], \"stop_token_ids\": [125], \"min_tokens\": 1999"))
            .statusCode(200)
            .extract()
            .asString();
    JsonNode choices = JSON.readTree(body).path("choices");
    assertThat(choices).hasSize(5);
    for (JsonNode choice : choices) {
      assertThat(choice.path("finish_reason").asText()).isEqualTo("stop");
      assertValid(text(choice));
    }
    assertThat(text(choices.get(0))).isNotEqualTo(text(choices.get(1)));
  }

  @ParameterizedTest
  @ValueSource(strings = {COMPLETION, CHAT})
  void streamsWhatItAnswersWhole(String path) throws Exception {
    String more = ", \"n\": 3, \"max_tokens\": 2000";
    JsonNode whole =
        JSON.readTree(post(path, request(schemaFormat(SCHEMA), more)).extract().asString());
    String stream =
        post(path, request(schemaFormat(SCHEMA), more + ", \"stream\": true"))
            .statusCode(200)
            .extract()
            .asString();
    Map<Integer, StringBuilder> texts = new TreeMap<>();
    List<String> finishes = new ArrayList<>();
    for (String event : stream.split("\n\n")) {
      if (event.startsWith("data: {")) {
        for (JsonNode choice : JSON.readTree(event.substring(6)).path("choices")) {
          texts
              .computeIfAbsent(choice.path("index").asInt(), i -> new StringBuilder())
              .append(
                  choice.has("delta")
                      ? choice.path("delta").path("content").asText("")
                      : choice.path("text").asText());
          if (!choice.path("finish_reason").isNull()) {
            finishes.add(choice.path("finish_reason").asText());
          }
        }
      }
    }
    assertThat(finishes).containsExactly("stop", "stop", "stop");
    for (JsonNode choice : whole.path("choices")) {
      assertThat(texts.get(choice.path("index").asInt())).hasToString(text(choice));
      assertValid(text(choice));
    }
  }

  @Test
  void anObjectOfAnyKind() throws Exception {
    String body =
        post(CHAT, request("{\"type\": \"json_object\"}", ", \"max_tokens\": 3000"))
            .statusCode(200)
            .extract()
            .asString();
    JsonNode choice = JSON.readTree(body).path("choices").path(0);
    if (choice.path("finish_reason").asText().equals("stop")) {
      assertThat(JSON.readTree(text(choice)).isObject()).isTrue();
    } else {
      assertThat(choice.path("finish_reason").asText()).isEqualTo("length");
      assertThat(text(choice)).startsWith("{");
    }
  }

  @Test
  void saysLengthWhereItIsCutOff() {
    post(CHAT, request(schemaFormat(SCHEMA), ", \"max_tokens\": 5"))
        .statusCode(200)
        .body("choices[0].finish_reason", equalTo("length"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"not": {}}                                     | at #: the keyword not is not supported
          {"properties": {"a": {"uniqueItems": true}}}    | at #/properties/a: the keyword uniqueItems is not supported
          {"properties": {"a": {"$ref": "http://x/y"}}}   | at #/properties/a: $ref must point into the schema
          {"type": "strin"}                               | this is not a valid JSON Schema
          {"type": "string", "pattern": "(?=a)b"}         | at #: pattern has a lookaround
          {"type": "string", "format": "iri"}             | at #: format iri is not supported
          false                                           | at #: no value satisfies the schema
          """)
  void refusesSchemasThatItCannotEnforce(String schema, String message) {
    for (String path : List.of(COMPLETION, CHAT)) {
      post(path, request(schemaFormat(schema), ""))
          .statusCode(400)
          .body("error.type", equalTo("invalid_request_error"))
          .body("error.param", equalTo("response_format.json_schema.schema"))
          .body("error.message", containsString(message));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                                                              | response_format.type
          {"type": "xml"}                                                 | response_format.type
          {"type": 1}                                                     | response_format.type
          {"type": "json_schema"}                                         | response_format.json_schema
          {"type": "json_schema", "json_schema": []}                      | response_format.json_schema
          {"type": "json_schema", "json_schema": {}}                      | response_format.json_schema.schema
          {"type": "json_schema", "json_schema": {"schema": 1}}           | response_format.json_schema.schema
          {"type": "json_schema", "json_schema": {"schema": {}, "strict": 1}} | response_format.json_schema.strict
          {"type": "json_schema", "json_schema": {"schema": {}, "name": 1}}   | response_format.json_schema.name
          """)
  void refusesFormatsThatAreNotAsTheyMustBe(String format, String param) {
    post(CHAT, request(format, "")).statusCode(400).body("error.param", equalTo(param));
  }
}
