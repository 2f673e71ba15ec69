package dev.whit.rest;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whit.api.ByteTokenizer;
import dev.whit.backend.GenerationRequest;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * Every field that {@code /openapi} describes does something, or is refused, at every endpoint that
 * has it; and each is refused by name when its type is wrong. What a bad value is, beyond its type,
 * is InvalidRequestTest's.
 */
@QuarkusTest
@TestProfile(FakeModels.Profile.class)
final class FieldConformanceTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String COMPLETION = "/v1/completions";
  private static final String CHAT = "/v1/chat/completions";
  private static final String RESPONSE = "/v1/responses";

  /** The least body of each endpoint, without its closing brace. */
  private static final Map<String, String> LEAST =
      Map.of(
          COMPLETION,
          "{\"model\": \"fake\", \"prompt\": \"say:one two\"",
          CHAT,
          "{\"model\": \"fake\", \"messages\": [{\"role\": \"user\", \"content\": \"say:one two\"}]",
          RESPONSE,
          "{\"model\": \"fake\", \"input\": \"say:one two\"",
          "/v1/embeddings",
          "{\"model\": \"fake\", \"input\": \"a\"",
          "/tokenize",
          "{\"model\": \"fake\", \"prompt\": \"a\"",
          "/detokenize",
          "{\"model\": \"fake\", \"tokens\": [97]");

  /** Fields whose effect needs more than a row, and the tests that have it. */
  private static final Map<String, Class<?>> ELSEWHERE =
      Map.ofEntries(
          Map.entry("prompt", CompletionsResourceTest.class),
          Map.entry("echo", CompletionsResourceTest.class),
          Map.entry("messages", ChatCompletionsResourceTest.class),
          Map.entry("chat_template_kwargs", ChatCompletionsResourceTest.class),
          Map.entry("continue_final_message", ChatCompletionsResourceTest.class),
          Map.entry("logprobs", CompletionsResourceTest.class),
          Map.entry("top_logprobs", ChatCompletionsResourceTest.class),
          Map.entry("stream", StreamingTest.class),
          Map.entry("stream_options", StreamingTest.class),
          Map.entry("response_format", ResponseFormatTest.class),
          Map.entry("tools", ToolCallsTest.class),
          Map.entry("tool_choice", ToolCallsTest.class),
          Map.entry("parallel_tool_calls", ToolCallsTest.class),
          Map.entry("input", ResponsesResourceTest.class),
          Map.entry("instructions", ResponsesResourceTest.class),
          Map.entry("metadata", ResponsesResourceTest.class));

  /** Fields that are refused whenever they ask for something, and what does. */
  private static final Map<String, String> REFUSED =
      Map.ofEntries(
          Map.entry("suffix", "\"x\""),
          Map.entry("best_of", "2"),
          Map.entry("chat_template", "\"{{ 1 }}\""),
          Map.entry("documents", "[{}]"),
          Map.entry("background", "true"),
          Map.entry("conversation", "\"c\""),
          Map.entry("include", "[\"reasoning.encrypted_content\"]"),
          Map.entry("max_tool_calls", "1"),
          Map.entry("previous_response_id", "\"resp_1\""),
          Map.entry("reasoning", "{\"effort\": \"low\"}"),
          Map.entry("store", "true"),
          Map.entry("text", "{\"format\": {\"type\": \"json_object\"}}"),
          Map.entry("truncation", "\"auto\""));

  /** At responses alone. */
  private static final Map<String, String> REFUSED_IN_RESPONSES =
      Map.of(
          "n", "2",
          "prompt", "{\"id\": \"p\"}",
          "return_token_ids", "true",
          "stream_options", "{}",
          "tool_choice", "\"required\"",
          "tools", "[{\"type\": \"web_search\"}]",
          "top_logprobs", "1");

  /** Further fields that end the answer to a prompt that no longer says how long it is. */
  private static final String SHORT = ", \"max_tokens\": 3, \"max_output_tokens\": 3";

  private static final List<Effect> EFFECTS =
      List.of(
          on("model", "\"fake\"", GenerationRequest::topLogprobs, -1),
          on("max_tokens", "3", GenerationRequest::maxTokens, 3),
          on("max_completion_tokens", "4", GenerationRequest::maxTokens, 4),
          on("max_output_tokens", "5", GenerationRequest::maxTokens, 5),
          on("temperature", "0.5", r -> r.sampling().temperature(), 0.5),
          on("top_p", "0.25", r -> r.sampling().topP(), 0.25),
          on("top_k", "7", r -> r.sampling().topK(), 7),
          on("min_p", "0.125", r -> r.sampling().minP(), 0.125),
          on("seed", "-9007199254740993", r -> r.sampling().seed(), -9007199254740993L),
          on("repetition_penalty", "1.5", r -> r.sampling().adjustments().repetitionPenalty(), 1.5),
          on("frequency_penalty", "-0.5", r -> r.sampling().adjustments().frequencyPenalty(), -0.5),
          on("presence_penalty", "2", r -> r.sampling().adjustments().presencePenalty(), 2.0),
          on(
              "logit_bias",
              "{\"5\": -100}",
              r -> r.sampling().adjustments().bias(),
              Map.of(5, -100.0)),
          on("min_tokens", "3", r -> r.sampling().adjustments().minTokens(), 3),
          on("cache_salt", "\"mine\"", GenerationRequest::cacheSalt, "mine"),
          on("priority", "-7", GenerationRequest::priority, -7),
          on("stop_token_ids", "[3]", GenerationRequest::stopTokens, Set.of(3, ByteTokenizer.EOS)),
          on("ignore_eos", "true", GenerationRequest::stopTokens, Set.of()),
          on("truncate_prompt_tokens", "5" + SHORT, r -> text(r), "e two"),
          on("user", "\"u\"", r -> r.stopTokens().size(), 1),
          on("add_generation_prompt", "false", r -> r.prompt().length, 11),
          in("stop", "[\"q\", \" t\"]", "one"),
          in("stop", "[" + "\"q\",".repeat(4095) + "\" t\"]", "one"),
          in("n", "2", "one two"),
          in("return_token_ids", "true", "token_ids"));

  /**
   * What a field does.
   *
   * @param seen what the backend sees, null where the reply shows it
   * @param expected what is seen, or a part of the reply
   */
  private record Effect(
      String field, String value, Function<GenerationRequest, Object> seen, Object expected) {}

  private static Effect on(
      String field, String value, Function<GenerationRequest, Object> seen, Object expected) {
    return new Effect(field, value, seen, expected);
  }

  private static Effect in(String field, String value, String reply) {
    return new Effect(field, value, null, reply);
  }

  private static String text(GenerationRequest request) {
    return new ByteTokenizer().decode(request.prompt(), true);
  }

  private static JsonNode description() throws Exception {
    return JSON.readTree(given().accept("application/json").get("/openapi").asString());
  }

  /** The described fields of an endpoint's request, by name. */
  private static Map<String, JsonNode> fields(JsonNode description, String path) {
    String pointer = "/requestBody/content/application~1json/schema/$ref";
    String reference = description.path("paths").path(path).path("post").at(pointer).asText();
    assertThat(reference).as(path).isNotEmpty();
    Map<String, JsonNode> fields = new TreeMap<>();
    collect(description, description.at(reference.substring(1)), fields);
    return fields;
  }

  private static void collect(JsonNode description, JsonNode schema, Map<String, JsonNode> fields) {
    schema.path("properties").properties().forEach(f -> fields.put(f.getKey(), f.getValue()));
    for (JsonNode part : schema.path("allOf")) {
      collect(description, description.at(part.path("$ref").asText().substring(1)), fields);
    }
  }

  private static Response post(String path, String field, String value) {
    // The last of two fields of the same name counts.
    String body = LEAST.get(path) + ", \"%s\": %s}".formatted(field, value);
    return given().contentType("application/json").body(body).post(path);
  }

  private static void assertRefused(String path, String field, String value) {
    Response response = post(path, field, value);
    assertThat(response.statusCode()).as(path + " " + field + " " + value).isEqualTo(400);
    assertThat(response.<String>path("error.type")).isEqualTo("invalid_request_error");
    assertThat(response.<String>path("error.param")).as(response.asString()).startsWith(field);
    assertThat(response.<String>path("error.message")).contains(field);
  }

  @Test
  void everyFieldOfAWrongTypeIsRefusedByName() throws Exception {
    JsonNode description = description();
    int fields = 0;
    for (String path : LEAST.keySet()) {
      for (var field : fields(description, path).entrySet()) {
        boolean isObject = field.getValue().path("type").asText().equals("object");
        assertRefused(path, field.getKey(), isObject ? "7" : "{\"wrong\": []}");
        fields++;
      }
    }
    assertThat(fields).isGreaterThan(100);
  }

  @Test
  void everyFieldThatGeneratesHasAnEffectOrIsRefused() throws Exception {
    JsonNode description = description();
    Set<String> known = new TreeSet<>(ELSEWHERE.keySet());
    known.addAll(REFUSED.keySet());
    EFFECTS.forEach(effect -> known.add(effect.field()));
    Set<String> described = new TreeSet<>();
    for (String path : List.of(COMPLETION, CHAT, RESPONSE)) {
      described.addAll(fields(description, path).keySet());
    }
    assertThat(described).isEqualTo(known);
  }

  @Test
  void everyEffectIsSeen() throws Exception {
    JsonNode description = description();
    int effects = 0;
    for (String path : List.of(COMPLETION, CHAT, RESPONSE)) {
      Set<String> fields = fields(description, path).keySet();
      for (Effect effect : EFFECTS) {
        if (fields.contains(effect.field()) && !isRefused(path, effect.field())) {
          assertEffect(path, effect);
          effects++;
        }
      }
    }
    assertThat(effects).isGreaterThan(50);
  }

  private static void assertEffect(String path, Effect effect) {
    Response response = post(path, effect.field(), effect.value());
    String what = path + " " + effect.field();
    assertThat(response.statusCode()).as(what + response.asString()).isEqualTo(200);
    if (effect.seen() == null) {
      assertThat(response.asString()).as(what).contains("\"" + effect.expected());
    } else {
      assertThat(effect.seen().apply(FakeModels.FAKE.requests.getLast()))
          .as(what)
          .isEqualTo(effect.expected());
    }
    int answers = effect.field().equals("n") ? 2 : 1;
    assertThat(response.<List<?>>path(path.equals(RESPONSE) ? "output" : "choices"))
        .as(what)
        .hasSize(answers);
  }

  private static boolean isRefused(String path, String field) {
    return path.equals(RESPONSE) && REFUSED_IN_RESPONSES.containsKey(field);
  }

  @Test
  void whatIsNotBuiltIsRefusedByName() throws Exception {
    JsonNode description = description();
    for (String path : List.of(COMPLETION, CHAT, RESPONSE)) {
      for (String field : fields(description, path).keySet()) {
        String value =
            isRefused(path, field) ? REFUSED_IN_RESPONSES.get(field) : REFUSED.get(field);
        if (value != null) {
          assertRefused(path, field, value);
          assertThat(post(path, field, "null").statusCode()).as(field).isEqualTo(200);
        }
      }
    }
  }
}
