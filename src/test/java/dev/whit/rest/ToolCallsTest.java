package dev.whit.rest;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.matchesRegex;
import static org.hamcrest.Matchers.nullValue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code tools} and {@code tool_choice} through HTTP. */
@QuarkusTest
@TestProfile(FakeModels.Profile.class)
final class ToolCallsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TOOLS =
      """
      [{"type": "function", "function": {"name": "get_weather", "description": "d", "parameters":
         {"type": "object", "properties": {"city": {"enum": ["Bern", "Zürich"]}, "days": {"type": "integer", "minimum": 1, "maximum": 9}},
          "required": ["city", "days"], "additionalProperties": false}}},
       {"type": "function", "function": {"name": "now"}}]\
      """;

  private static String request(String prompt, String more) {
    return """
    {"model": "fake", "messages": [{"role": "user", "content": %s}], "tools": %s, "seed": 3%s}\
    """
        .formatted(JSON.valueToTree(prompt), TOOLS, more);
  }

  private static ValidatableResponse post(String body) {
    return given().contentType(ContentType.JSON).body(body).post("/v1/chat/completions").then();
  }

  private static void assertCall(JsonNode call) throws Exception {
    assertThat(call.path("type").asText()).isEqualTo("function");
    assertThat(call.path("id").asText()).matches("[0-9a-f]{9}");
    JsonNode arguments = JSON.readTree(call.path("function").path("arguments").asText());
    if (call.path("function").path("name").asText().equals("now")) {
      assertThat(arguments).isEmpty();
    } else {
      assertThat(call.path("function").path("name").asText()).isEqualTo("get_weather");
      assertThat(arguments.path("city").asText()).isIn("Bern", "Zürich");
      assertThat(arguments.path("days").intValue()).isBetween(1, 9);
    }
  }

  @Test
  void takesCallsOutOfTheText() {
    post(request(
            "say:Let me see. <tool_call>{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Bern\"}}</tool_call>",
            ", \"tool_choice\": \"auto\""))
        .statusCode(200)
        .body("choices[0].finish_reason", equalTo("tool_calls"))
        .body("choices[0].message.content", equalTo("Let me see."))
        .body("choices[0].message.tool_calls", hasSize(1))
        .body("choices[0].message.tool_calls[0].id", matchesRegex("[0-9a-f]{9}"))
        .body("choices[0].message.tool_calls[0].type", equalTo("function"))
        .body("choices[0].message.tool_calls[0].function.name", equalTo("get_weather"))
        .body(
            "choices[0].message.tool_calls[0].function.arguments", equalTo("{\"city\": \"Bern\"}"));
  }

  @Test
  void leavesTheTextAsItIsWithoutTools() {
    String reply = "<tool_call>{\"name\": \"now\", \"arguments\": {}}</tool_call>";
    post(request("say:" + reply, ", \"tool_choice\": \"none\""))
        .statusCode(200)
        .body("choices[0].finish_reason", equalTo("stop"))
        .body("choices[0].message.content", equalTo(reply))
        .body("choices[0].message.tool_calls", nullValue());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "required"
          {"type": "function", "function": {"name": "get_weather"}}
          """)
  void writesNothingButCallsWhereTheyAreDemanded(String choice) throws Exception {
    String body =
        post(request(
                "p",
                ", \"tool_choice\": %s, \"n\": 8, \"max_tokens\": 3000, \"stop\": [\"}\"]"
                    .formatted(choice)))
            .statusCode(200)
            .extract()
            .asString();
    List<String> names = new ArrayList<>();
    JsonNode choices = JSON.readTree(body).path("choices");
    assertThat(choices).hasSize(8);
    for (JsonNode answer : choices) {
      assertThat(answer.path("finish_reason").asText()).isEqualTo("tool_calls");
      JsonNode message = answer.path("message");
      assertThat(message.get("content").isNull()).as("as OpenAI has it").isTrue();
      assertThat(message.path("tool_calls")).isNotEmpty();
      assertThat(choice.startsWith("{") && message.path("tool_calls").size() > 1).isFalse();
      for (JsonNode call : message.path("tool_calls")) {
        assertCall(call);
        names.add(call.path("function").path("name").asText());
      }
    }
    if (choice.startsWith("{")) {
      assertThat(names).containsOnly("get_weather");
    } else {
      assertThat(names).contains("get_weather", "now");
    }
  }

  /** The seed decides which: OpenAI's clients send both where an answer has a type. */
  @Test
  void writesEitherCallsOrTheFormWhereBothAreAskedFor() throws Exception {
    String format =
        """
        , "n": 40, "max_tokens": 3000, "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema":
           {"type": "object", "properties": {"mood": {"enum": ["glad", "sad"]}}, "required": ["mood"], "additionalProperties": false}}}\
        """;
    String body = post(request("p", format)).statusCode(200).extract().asString();
    int calls = 0;
    int contents = 0;
    for (JsonNode answer : JSON.readTree(body).path("choices")) {
      JsonNode message = answer.path("message");
      if (answer.path("finish_reason").asText().equals("tool_calls")) {
        assertThat(message.get("content").isNull()).as("as OpenAI has it").isTrue();
        for (JsonNode call : message.path("tool_calls")) {
          assertCall(call);
        }
        calls++;
      } else {
        assertThat(answer.path("finish_reason").asText()).isEqualTo("stop");
        assertThat(JSON.readTree(message.path("content").asText()).path("mood").asText())
            .isIn("glad", "sad");
        contents++;
      }
    }
    assertThat(calls).isPositive();
    assertThat(contents).isPositive();
    post(request("p", format + ", \"tool_choice\": \"required\""))
        .statusCode(200)
        .body("choices[0].finish_reason", equalTo("tool_calls"));
  }

  @Test
  void streamsCallsAsDeltas() throws Exception {
    String more = ", \"tool_choice\": \"required\", \"max_tokens\": 3000";
    JsonNode whole =
        JSON.readTree(post(request("p", more)).extract().asString())
            .path("choices")
            .path(0)
            .path("message")
            .path("tool_calls");
    String stream =
        post(request("p", more + ", \"stream\": true")).statusCode(200).extract().asString();
    List<StringBuilder> calls = new ArrayList<>();
    String finish = "";
    for (String event : stream.split("\n\n")) {
      if (event.startsWith("data: {")) {
        JsonNode choice = JSON.readTree(event.substring(6)).path("choices").path(0);
        assertThat(choice.path("delta").path("content").asText("")).isEmpty();
        for (JsonNode call : choice.path("delta").path("tool_calls")) {
          JsonNode function = call.path("function");
          if (call.has("id")) {
            assertThat(call.path("type").asText()).isEqualTo("function");
            calls.add(new StringBuilder(call.path("id").asText().length() + ":"));
            calls.getLast().append(function.path("name").asText());
          }
          assertThat(call.path("index").asInt()).isEqualTo(calls.size() - 1);
          calls.getLast().append(function.path("arguments").asText());
        }
        finish = choice.path("finish_reason").asText(finish);
      }
    }
    assertThat(finish).isEqualTo("tool_calls");
    assertThat(calls).hasSameSizeAs(whole);
    for (int i = 0; i < calls.size(); i++) {
      JsonNode function = whole.path(i).path("function");
      assertThat(calls.get(i))
          .hasToString("9:" + function.path("name").asText() + function.path("arguments").asText());
    }
  }

  @Test
  void acceptsTheCallsOfAnEarlierTurn() {
    post("""
    {"model": "fake", "messages": [
      {"role": "user", "content": "weather?"},
      {"role": "assistant", "content": null, "tool_calls": [
         {"id": "123456789", "type": "function", "function": {"name": "now", "arguments": "{\\"a\\": 1}"}}]},
      {"role": "tool", "tool_call_id": "123456789", "content": "say:It rains."}]}\
    """)
        .statusCode(200)
        .body("choices[0].message.content", equalTo("It rains."));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "tools": {}                                                    | tools | array
          "tools": [1]                                                   | tools[0] | object
          "tools": [{"type": "web"}]                                     | tools[0].type | function
          "tools": [{"type": "function"}]                                | tools[0].function | required
          "tools": [{"type": "function", "function": {"name": "a b"}}]   | tools[0].function.name | letters
          "tools": [{"type": "function", "function": {"name": "a", "parameters": 1}}] | tools[0].function.parameters | object
          "tools": [{"type": "function", "function": {"name": "a"}}, {"type": "function", "function": {"name": "a"}}] | tools | two named a
          "tool_choice": "required"                                      | tool_choice | tools is empty
          "tool_choice": "maybe"                                         | tool_choice | none, auto, required
          "tool_choice": 1                                               | tool_choice | none, auto, required
          "tools": [{"type": "function", "function": {"name": "a"}}], "tool_choice": {"type": "function", "function": {"name": "b"}} | tool_choice.function.name | one of tools
          "tools": [{"type": "function", "function": {"name": "a"}}, {"type": "function", "function": {"name": "b", "parameters": {"not": {}}}}], "tool_choice": "required" | tools[1].function.parameters | keyword not
          "tools": [{"type": "function", "function": {"name": "a"}}], "response_format": {"type": "json_schema", "json_schema": {"schema": {"not": {}}}} | response_format.json_schema.schema | keyword not
          "parallel_tool_calls": 1                                       | parallel_tool_calls | true or false
          """)
  void refusesWhatIsNotAsItMustBe(String fields, String param, String message) {
    post("{\"model\": \"fake\", \"messages\": [{\"role\": \"user\", \"content\": \"say:a\"}], "
            + fields
            + "}")
        .statusCode(400)
        .body("error.param", equalTo(param))
        .body("error.message", containsString(message));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1                                                                     | messages[0].tool_calls
          [{"type": "x"}]                                                       | messages[0].tool_calls[0].type
          [{"type": "function", "function": {}}]                                | messages[0].tool_calls[0].function.name
          [{"type": "function", "function": {"name": "a", "arguments": "[1"}}]  | messages[0].tool_calls[0].function.arguments
          [{"type": "function", "function": {"name": "a", "arguments": {}}}]    | messages[0].tool_calls[0].function.arguments
          []                                                                    | messages[0].content
          """)
  void refusesCallsThatAreNone(String calls, String param) {
    post("{\"model\": \"fake\", \"messages\": [{\"role\": \"assistant\", \"tool_calls\": "
            + calls
            + "}]}")
        .statusCode(400)
        .body("error.param", equalTo(param));
  }
}
