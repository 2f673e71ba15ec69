package dev.whit.rest;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whit.api.ByteTokenizer;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way a body can be wrong is a 400 in the one shape, and names the field. */
@QuarkusTest
@TestProfile(FakeModels.Profile.class)
final class InvalidRequestTest {
  private static final String COMPLETION = "/v1/completions";
  private static final String CHAT = "/v1/chat/completions";
  private static final String HUGE = "9".repeat(400);

  private static Response post(String path, byte[] body) {
    return given().contentType("application/json").body(body).post(path);
  }

  private static void assertInvalid(Response response, @Nullable String param) {
    assertThat(response.statusCode()).as(response.asString()).isEqualTo(400);
    assertThat(response.<String>path("error.type")).isEqualTo("invalid_request_error");
    assertThat(response.<String>path("error.param")).isEqualTo(param);
    assertThat(response.<String>path("error.message")).isNotBlank();
    assertThat(response.getHeader("x-request-id")).isNotBlank();
    if (param != null) {
      assertThat(response.<String>path("error.message")).contains(topLevel(param));
    }
  }

  private static String topLevel(String param) {
    return param.replaceAll("[.\\[].*", "");
  }

  static Stream<byte[]> bodiesThatAreNotAnObject() {
    return Stream.of(
            "",
            " ",
            "{",
            "{\"prompt\": \"a",
            "[]",
            "null",
            "17",
            "\"text\"",
            "{} {}",
            "{}]",
            "{'prompt': 'a'}",
            "{\"a\": NaN}",
            "{\"a\": 01}",
            "{\"a\": \"\\x\"}",
            "{\"a\": " + "1".repeat(5000) + "}",
            "[".repeat(100_000),
            "{\"a\":".repeat(100_000))
        .map(text -> text.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @MethodSource("bodiesThatAreNotAnObject")
  void refusesWhatIsNotAJsonObject(byte[] body) {
    assertInvalid(post(COMPLETION, body), null);
    assertInvalid(post(CHAT, body), null);
  }

  @Test
  void refusesWhatIsNotUtf8() {
    byte[] body =
        "{\"model\": \"fake\", \"prompt\": \"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);
    assertInvalid(post(COMPLETION, body), null);
    assertInvalid(post(COMPLETION, "{\"prompt\": \"a\"}".getBytes(StandardCharsets.UTF_16)), null);
  }

  @Test
  void saysWhereTheJsonIsWrongWithoutRepeatingIt() {
    String body = "{\"prompt\": \"secret\",\n \"n\": secret}";
    String message = post(COMPLETION, body.getBytes(StandardCharsets.UTF_8)).path("error.message");
    assertThat(message).contains("line 2").doesNotContain("secret");
  }

  /** Fields of both kinds of requests and values that they do not take. */
  private static final List<Arguments> BOTH = new ArrayList<>();

  private static void both(String field, String... values) {
    for (String value : values) {
      BOTH.add(Arguments.of(field, value));
    }
  }

  static {
    String[] notNumbers = {"\"1\"", "true", "[]", "{}"};
    for (String field :
        new String[] {"max_tokens", "max_completion_tokens", "n", "top_k", "seed"}) {
      both(field, notNumbers);
      both(field, "1.5", "1e999", "-1e999", HUGE, "1180591620717411303424");
    }
    both("max_tokens", "0", "-1", "2147483648");
    both("n", "0", "-1", "129");
    both("top_k", "-2");
    for (String field : new String[] {"temperature", "top_p", "min_p"}) {
      both(field, notNumbers);
      both(field, "1e999", "-1", "-0.001", HUGE);
    }
    both("temperature", "101");
    both("top_p", "0", "1.001");
    both("min_p", "1.001");
    both("stop", "1", "{}", "\"\"", "[\"\"]", "[1]", "[null]", "[[\"a\"]]", "\"\\ud800\"");
    both("stop", "[" + "\"a\",".repeat(4096) + "\"a\"]", "\"" + "a".repeat(1025) + "\"");
    both("stop", "[" + ("\"" + "a".repeat(1024) + "\",").repeat(128) + "\"a\"]");
    both("stop_token_ids", "1", "\"a\"", "[\"a\"]", "[-1]", "[1.5]", "{}");
    for (String field : new String[] {"stream", "ignore_eos", "return_token_ids"}) {
      both(field, "1", "\"true\"", "[]", "{}");
    }
    both("model", "1", "[]", "{}", "true");
    both("user", "1", "[]", "{}");
    both("stream_options", "1", "[]", "{}", "{\"include_usage\": true}");
    both("repetition_penalty", "0", "-1", "100.5", "\"a\"", "1e999");
    both("presence_penalty", "2.1", "-2.1", "[]");
    both("frequency_penalty", "2.1", "-2.1", "true");
    both("logit_bias", "1", "[]", "{\"5\": 101}", "{\"5\": -101}", "{\"5\": \"1\"}");
    both("logit_bias", "{\"a\": 1}", "{\"-1\": 1}", "{\"99999999999\": 1}", "{\"\": 1}");
    both("logit_bias", "{\"%d\": 1}".formatted(ByteTokenizer.SIZE));
    both("min_tokens", "-1", "1.5", "\"1\"");
    both("response_format", "1", "\"json_object\"", "[]");
    both("priority", "1.5", "\"high\"", "2147483648", "[]");
    both("cache_salt", "1", "\"\"", "[]", "\"" + "a".repeat(1025) + "\"");
    both("truncate_prompt_tokens", "0", "-2", "1.5", "\"5\"", "[]", "1048577");
  }

  static Stream<Arguments> wrongFields() {
    Stream<Arguments> both =
        BOTH.stream()
            .flatMap(wrong ->
                Stream.of(COMPLETION, CHAT)
                    .map(path -> Arguments.of(path, wrong.get()[0], wrong.get()[1])));
    Stream<Arguments> completion =
        Stream.of(
            Arguments.of(COMPLETION, "prompt", "null"),
            Arguments.of(COMPLETION, "prompt", "1"),
            Arguments.of(COMPLETION, "prompt", "{}"),
            Arguments.of(COMPLETION, "prompt", "\"\""),
            Arguments.of(COMPLETION, "prompt", "[]"),
            Arguments.of(COMPLETION, "prompt", "[[]]"),
            Arguments.of(COMPLETION, "prompt", "[\"\"]"),
            Arguments.of(COMPLETION, "prompt[1]", "[\"a\", 1]"),
            Arguments.of(COMPLETION, "prompt[1]", "[1, \"a\"]"),
            Arguments.of(COMPLETION, "prompt[1]", "[[1], \"a\"]"),
            Arguments.of(COMPLETION, "prompt[0][1]", "[[1, -1]]"),
            Arguments.of(COMPLETION, "prompt[0]", "[null]"),
            Arguments.of(COMPLETION, "prompt[0]", "[true]"),
            Arguments.of(COMPLETION, "prompt[1]", "[1, 1.5]"),
            Arguments.of(COMPLETION, "prompt[0]", "[1180591620717411303424]"),
            Arguments.of(COMPLETION, "prompt", "[259]"),
            Arguments.of(COMPLETION, "prompt", "[2147483647]"),
            Arguments.of(COMPLETION, "prompt", "\"\\ud800 half\""),
            Arguments.of(COMPLETION, "prompt", "[" + "\"a\",".repeat(256) + "\"a\"]"),
            Arguments.of(COMPLETION, "echo", "1"),
            Arguments.of(COMPLETION, "logprobs", "true"),
            Arguments.of(COMPLETION, "logprobs", "-1"),
            Arguments.of(COMPLETION, "logprobs", "21"),
            Arguments.of(COMPLETION, "suffix", "\"x\""),
            Arguments.of(COMPLETION, "best_of", "2"),
            Arguments.of(COMPLETION, "best_of", "\"a\""));
    Stream<Arguments> chat =
        Stream.of(
            Arguments.of(CHAT, "messages", "null"),
            Arguments.of(CHAT, "messages", "1"),
            Arguments.of(CHAT, "messages", "{}"),
            Arguments.of(CHAT, "messages", "[]"),
            Arguments.of(CHAT, "messages[0]", "[1]"),
            Arguments.of(CHAT, "messages[0]", "[null]"),
            Arguments.of(CHAT, "messages[0].role", "[{\"content\": \"a\"}]"),
            Arguments.of(CHAT, "messages[0].role", "[{\"role\": \"robot\", \"content\": \"a\"}]"),
            Arguments.of(CHAT, "messages[0].role", "[{\"role\": 1, \"content\": \"a\"}]"),
            Arguments.of(CHAT, "messages[0].content", "[{\"role\": \"user\"}]"),
            Arguments.of(CHAT, "messages[0].content", "[{\"role\": \"user\", \"content\": 1}]"),
            Arguments.of(CHAT, "messages[0].content", "[{\"role\": \"user\", \"content\": {}}]"),
            Arguments.of(
                CHAT, "messages[0].content[0]", "[{\"role\": \"user\", \"content\": [\"a\"]}]"),
            Arguments.of(
                CHAT,
                "messages[0].content[0].type",
                "[{\"role\": \"user\", \"content\": [{\"type\": \"image_url\", \"image_url\": {}}]}]"),
            Arguments.of(
                CHAT,
                "messages[0].name",
                "[{\"role\": \"user\", \"content\": \"a\", \"name\": 1}]"),
            Arguments.of(CHAT, "messages", "[{\"role\": \"user\", \"content\": \"\"}]"),
            Arguments.of(CHAT, "logprobs", "1"),
            Arguments.of(CHAT, "top_logprobs", "1"),
            Arguments.of(CHAT, "top_logprobs", "21"),
            Arguments.of(CHAT, "documents", "[{\"text\": \"a\"}]"),
            Arguments.of(CHAT, "chat_template", "\"{{ 1 }}\""),
            Arguments.of(CHAT, "add_generation_prompt", "1"),
            Arguments.of(CHAT, "continue_final_message", "1"),
            Arguments.of(CHAT, "chat_template_kwargs", "[]"));
    return Stream.of(both, completion, chat).flatMap(part -> part);
  }

  @ParameterizedTest
  @MethodSource("wrongFields")
  void namesTheWrongField(String path, String param, String value) {
    String field = topLevel(param);
    // The last of two fields of the same name counts.
    String body =
        """
        {"model": "fake", "prompt": "say:a", "messages": [{"role": "user", "content": "say:a"}], "%s": %s}\
        """
            .formatted(field, value);
    Response response = post(path, body.getBytes(StandardCharsets.UTF_8));
    assertThat(response.<String>path("error.param")).as(response.asString()).startsWith(field);
    assertInvalid(response, param.contains("[") ? param : response.<String>path("error.param"));
  }

  @Test
  void statesTheLimitAndTheValue() {
    String body = "{\"model\": \"fake\", \"prompt\": \"a\", \"temperature\": -0.5}";
    String message = post(COMPLETION, body.getBytes(StandardCharsets.UTF_8)).path("error.message");
    assertThat(message).isEqualTo("temperature must be a number from 0 to 100, not -0.5");
  }

  @Test
  void boundsTheLeastTokensByTheMost() {
    String body = "{\"model\": \"fake\", \"prompt\": \"a\", \"max_tokens\": 5, \"min_tokens\": 6}";
    Response response = post(COMPLETION, body.getBytes(StandardCharsets.UTF_8));
    assertInvalid(response, "min_tokens");
    assertThat(response.<String>path("error.message")).contains("at most max_tokens, 5, not 6");
  }

  @Test
  void boundsTheNumberOfBiases() {
    StringBuilder biases = new StringBuilder("\"0\": 1");
    for (int i = 1; i <= 4096; i++) {
      biases.append(", \"%d\": 1".formatted(i));
    }
    String body =
        "{\"model\": \"fake\", \"prompt\": \"a\", \"logit_bias\": {%s}}".formatted(biases);
    assertInvalid(post(COMPLETION, body.getBytes(StandardCharsets.UTF_8)), "logit_bias");
  }

  @Test
  void needsTheModelsNameWhereThereAreSeveral() {
    assertInvalid(
        post(COMPLETION, "{\"prompt\": \"a\"}".getBytes(StandardCharsets.UTF_8)), "model");
  }

  @Test
  void refusesBothWaysToEndAChat() {
    String body =
        """
        {"model": "fake", "messages": [{"role": "user", "content": "a"}], "add_generation_prompt": true, "continue_final_message": true}\
        """;
    assertInvalid(post(CHAT, body.getBytes(StandardCharsets.UTF_8)), "continue_final_message");
  }

  @ParameterizedTest
  @MethodSource("longPrompts")
  void statesBothNumbersOfAPromptThatIsTooLong(String prompt, String numbers) {
    String body = "{\"model\": \"plain\", \"prompt\": %s}".formatted(prompt);
    Response response = post(COMPLETION, body.getBytes(StandardCharsets.UTF_8));
    assertInvalid(response, "prompt");
    assertThat(response.<String>path("error.message")).contains("64 tokens").contains(numbers);
  }

  static Stream<Arguments> longPrompts() {
    String ids = "[" + "97,".repeat(999) + "97]";
    return Stream.of(
        Arguments.of(ids, "1000 tokens"),
        Arguments.of("\"" + "a".repeat(100) + "\"", "101 tokens"),
        Arguments.of("\"" + "a".repeat(1_000_000) + "\"", "at least 166666 tokens"),
        // With BOS it fits, but leaves no room.
        Arguments.of("\"" + "a".repeat(63) + "\"", "no room"));
  }

  @Test
  void scoresAPromptThatFillsTheContext() {
    String body =
        "{\"model\": \"plain\", \"prompt\": \"%s\", \"echo\": true, \"max_tokens\": 0}"
            .formatted("a".repeat(63));
    assertThat(post(COMPLETION, body.getBytes(StandardCharsets.UTF_8)).statusCode()).isEqualTo(200);
  }

  @Test
  void boundsTheAnswersOfAllPrompts() {
    String body =
        "{\"model\": \"fake\", \"prompt\": [%s\"a\"], \"n\": 128}".formatted("\"a\",".repeat(8));
    assertInvalid(post(COMPLETION, body.getBytes(StandardCharsets.UTF_8)), "n");
  }
}
