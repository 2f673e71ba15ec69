package dev.whit.rest;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whit.api.ByteTokenizer;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@TestProfile(FakeModels.Profile.class)
final class ResponsesResourceTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static ValidatableResponse post(String fields) {
    return given()
        .contentType("application/json")
        .body("{\"model\": \"fake\", %s}".formatted(fields))
        .post("/v1/responses")
        .then();
  }

  /** A streamed event: the name of the server-sent one, and its data. */
  private record Event(String name, JsonNode data) {}

  private static List<Event> stream(String fields) throws Exception {
    String body = post(fields + ", \"stream\": true").statusCode(200).extract().asString();
    List<Event> events = new ArrayList<>();
    for (String event : body.split("\n\n")) {
      String[] lines = event.split("\n");
      assertThat(lines).as(event).hasSize(2);
      events.add(
          new Event(
              lines[0].substring("event: ".length()),
              JSON.readTree(lines[1].substring("data: ".length()))));
    }
    return events;
  }

  private static String lastPrompt() {
    return new ByteTokenizer().decode(FakeModels.FAKE.requests.getLast().prompt(), true);
  }

  @Test
  void answersAText() {
    post("\"input\": \"say:Hello\", \"metadata\": {\"a\": \"b\"}, \"instructions\": \"be kind\"")
        .statusCode(200)
        .body("id", startsWith("resp_"))
        .body("object", equalTo("response"))
        .body("status", equalTo("completed"))
        .body("error", nullValue())
        .body("incomplete_details", nullValue())
        .body("model", equalTo("fake"))
        .body("instructions", equalTo("be kind"))
        .body("metadata.a", equalTo("b"))
        .body("output", hasSize(1))
        .body("output[0].type", equalTo("message"))
        .body("output[0].role", equalTo("assistant"))
        .body("output[0].status", equalTo("completed"))
        .body("output[0].content[0].type", equalTo("output_text"))
        .body("output[0].content[0].text", equalTo("Hello"))
        .body("usage.input_tokens", equalTo(9))
        .body("usage.output_tokens", equalTo(6))
        .body("usage.total_tokens", equalTo(15))
        .body("usage.input_tokens_details.cached_tokens", equalTo(0));
  }

  @Test
  void instructionsAreTheSystemsMessage() {
    // The template refuses a conversation that ends with the system's.
    post("\"instructions\": \"s\", \"input\": [{\"role\": \"system\", \"content\": \"s\"}]")
        .statusCode(400)
        .body("error.message", containsString("the last message must not be the system's"));
    post("\"instructions\": \"s\", \"input\": \"say:a\"").statusCode(200);
    assertThat(lastPrompt()).isEqualTo("say:a");
  }

  @Test
  void answersAConversation() {
    post("""
    "input": [{"role": "user", "content": "hello"},
              {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "hi"}]},
              {"role": "user", "content": [{"type": "input_text", "text": "say:a"}, {"type": "input_text", "text": "b"}]}]\
    """)
        .statusCode(200)
        .body("output[0].content[0].text", equalTo("a\nb"));
  }

  @Test
  void saysWhatCutItOff() {
    post("\"input\": \"say:Hello\", \"max_output_tokens\": 2")
        .statusCode(200)
        .body("status", equalTo("incomplete"))
        .body("incomplete_details.reason", equalTo("max_output_tokens"))
        .body("max_output_tokens", equalTo(2))
        .body("output[0].status", equalTo("incomplete"))
        .body("output[0].content[0].text", equalTo("He"));
  }

  @Test
  void streamsTheStandardEvents() throws Exception {
    List<Event> events = stream("\"input\": \"say:Hello 🙂\"");
    List<String> names = events.stream().map(Event::name).distinct().toList();
    assertThat(names)
        .containsExactly(
            "response.created",
            "response.in_progress",
            "response.output_item.added",
            "response.content_part.added",
            "response.output_text.delta",
            "response.output_text.done",
            "response.content_part.done",
            "response.output_item.done",
            "response.completed");
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < events.size(); i++) {
      JsonNode data = events.get(i).data();
      assertThat(data.path("type").asText()).isEqualTo(events.get(i).name());
      assertThat(data.path("sequence_number").asInt()).isEqualTo(i);
      text.append(data.path("delta").asText());
    }
    assertThat(text).hasToString("Hello 🙂");
    JsonNode response = events.getLast().data().path("response");
    assertThat(response.path("status").asText()).isEqualTo("completed");
    assertThat(response.at("/output/0/content/0/text").asText()).isEqualTo("Hello 🙂");
    assertThat(response.path("usage").path("output_tokens").asInt()).isEqualTo(11);
    assertThat(events.getFirst().data().at("/response/status").asText()).isEqualTo("in_progress");
  }

  @Test
  void streamsThatItWasCutOff() throws Exception {
    Event last = stream("\"input\": \"say:Hello\", \"max_output_tokens\": 2").getLast();
    assertThat(last.name()).isEqualTo("response.incomplete");
    assertThat(last.data().at("/response/incomplete_details/reason").asText())
        .isEqualTo("max_output_tokens");
  }

  @Test
  void streamsAnErrorInTheMiddleAsAnEvent() throws Exception {
    Event last = stream("\"input\": \"fail-after:abc\"").getLast();
    assertThat(last.name()).isEqualTo("error");
    assertThat(last.data().path("message").asText()).contains("request id");
    assertThat(last.data().path("sequence_number").asInt()).isPositive();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "input | null",
        "input | []",
        "input[0] | [1]",
        "input[0].role | [{\"content\": \"a\"}]",
        "input[0].role | [{\"role\": \"tool\", \"content\": \"a\"}]",
        "input[0].content | [{\"role\": \"user\"}]",
        "input[0].type | [{\"type\": \"function_call_output\", \"role\": \"user\", \"content\": \"a\"}]",
        "input[0].content[0].type | [{\"role\": \"user\", \"content\": [{\"type\": \"input_image\", \"text\": \"a\"}]}]",
        "max_output_tokens | 0",
        "temperature | -1",
        "metadata | []"
      })
  void namesTheWrongField(String param, String value) {
    String field = param.replaceAll("\\[.*", "");
    post("\"input\": \"a\", \"%s\": %s".formatted(field, value))
        .statusCode(400)
        .body("error.type", equalTo("invalid_request_error"))
        .body("error.param", equalTo(param));
  }
}
