package dev.whit.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The packaged server holds real models, which have no sense for it, to JSON. */
class StructuredOutputIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SCHEMA =
      """
      {"type": "object", "properties": {
         "who": {"type": "string", "maxLength": 20},
         "when": {"type": "string", "format": "date"},
         "marks": {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 6}, "minItems": 1, "maxItems": 3},
         "kind": {"oneOf": [{"const": "größer"}, {"type": "null"}]}},
       "required": ["who", "when", "marks", "kind"], "additionalProperties": false}\
      """;
  private static final JsonSchema VALIDATOR =
      JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(SCHEMA);

  private static ServerProcess server;

  @BeforeAll
  static void start() {
    server =
        ServerProcess.serve(
            "--model",
            "golden=src/test/resources/golden/llama/nanoquant-pt",
            "--model",
            "demo=" + ServerProcess.DEMO.resolve("littlebit"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String request(String model, String more) {
    return """
    {"model": "%s", "prompt": "A", "messages": [{"role": "user", "content": "A"}], "max_tokens": 220, "seed": 3%s}\
    """
        .formatted(model, more);
  }

  private static String format() {
    return ", \"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"name\": \"n\", \"schema\": %s}}"
        .formatted(SCHEMA);
  }

  @Test
  void everyChoiceValidatesOrIsCutOff() throws Exception {
    int complete = 0;
    for (String model : List.of("golden", "demo")) {
      for (String temperature : List.of("0", "1", "3")) {
        String more = ", \"n\": 4, \"temperature\": " + temperature + format();
        String body = server.post("/v1/completions", request(model, more)).body();
        JsonNode choices = JSON.readTree(body).path("choices");
        assertThat(choices).as(body).hasSize(4);
        for (JsonNode choice : choices) {
          if (choice.path("finish_reason").asText().equals("stop")) {
            complete++;
            JsonNode value = JSON.readTree(choice.path("text").asText());
            assertThat(VALIDATOR.validate(value)).as(choice.toString()).isEmpty();
          } else {
            assertThat(choice.path("finish_reason").asText()).isEqualTo("length");
          }
        }
      }
    }
    assertThat(complete).isGreaterThan(12);
  }

  @Test
  void streamsTheSame() throws Exception {
    String whole =
        JSON.readTree(server.post("/v1/completions", request("golden", format())).body())
            .path("choices")
            .path(0)
            .path("text")
            .asText();
    StringBuilder streamed = new StringBuilder();
    try (Stream<String> lines =
        server.stream("/v1/completions", request("golden", format() + ", \"stream\": true"))) {
      for (String line : lines.filter(l -> l.startsWith("data: {")).toList()) {
        streamed.append(
            JSON.readTree(line.substring(6)).path("choices").path(0).path("text").asText());
      }
    }
    assertThat(whole).startsWith("{");
    assertThat(streamed).hasToString(whole);
  }

  @Test
  void callsATool() throws Exception {
    String more =
        """
        , "tool_choice": "required", "tools": [{"type": "function", "function": {"name": "mark", "parameters":
          {"type": "object", "properties": {"of": {"enum": ["Ann", "Bob"]}}, "required": ["of"]}}}]\
        """;
    JsonNode choice =
        JSON.readTree(server.post("/v1/chat/completions", request("demo", more)).body())
            .path("choices")
            .path(0);
    JsonNode function = choice.path("message").path("tool_calls").path(0).path("function");
    assertThat(function.path("name").asText()).isEqualTo("mark");
    assertThat(JSON.readTree(function.path("arguments").asText()).path("of").asText())
        .isIn("Ann", "Bob");
  }

  @Test
  void namesWhatItCannotEnforce() throws Exception {
    String more =
        ", \"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"schema\": {\"properties\": {\"a\": {\"not\": {}}}}}}";
    var reply = server.post("/v1/completions", request("golden", more));
    assertThat(reply.statusCode()).isEqualTo(400);
    assertThat(JSON.readTree(reply.body()).path("error").path("message").asText())
        .contains("#/properties/a", "not");
  }
}
