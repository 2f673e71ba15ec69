package dev.whit.rest;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whit.api.ByteTokenizer;
import dev.whit.backend.GenerationRequest;
import dev.whit.backend.LogitAdjustments;
import dev.whit.backend.SamplingParams;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(FakeModels.Profile.class)
final class CompletionsResourceTest {
  private static ValidatableResponse post(String body) {
    return given()
        .contentType(ContentType.JSON)
        .body(body)
        .post("/v1/completions")
        .then()
        .statusCode(200)
        .contentType("application/json");
  }

  private static JsonNode json(String body) throws Exception {
    return new ObjectMapper().readTree(post(body).extract().asString());
  }

  private static GenerationRequest lastRequest() {
    return FakeModels.FAKE.requests.getLast();
  }

  @Test
  void completesAText() {
    post("""
    {"model": "fake", "prompt": "say:Hello 🙂", "max_tokens": 40}\
    """)
        .body("id", startsWith("cmpl-"))
        .body("object", equalTo("text_completion"))
        .body("model", equalTo("fake"))
        .body("choices", hasSize(1))
        .body("choices[0].index", equalTo(0))
        .body("choices[0].text", equalTo("Hello 🙂"))
        .body("choices[0].finish_reason", equalTo("stop"))
        .body("choices[0].logprobs", nullValue())
        .body("choices[0]", not(hasKey("token_ids")))
        .body("usage.prompt_tokens", equalTo(15))
        .body("usage.completion_tokens", equalTo(11))
        .body("usage.total_tokens", equalTo(26))
        .body("usage.prompt_tokens_details.cached_tokens", equalTo(0));
    assertThat(lastRequest().prompt()[0]).isEqualTo(ByteTokenizer.BOS);
  }

  @Test
  void generates16TokensByDefault() {
    post("""
    {"model": "fake", "prompt": "abc"}\
    """)
        .body("choices[0].finish_reason", equalTo("length"))
        .body("usage.completion_tokens", equalTo(16));
    assertThat(lastRequest().sampling().temperature()).isEqualTo(1);
  }

  @Test
  void passesEveryOptionOn() {
    post(
        """
        {"model": "fake", "prompt": "abc", "max_tokens": 3, "temperature": 0.5, "top_p": 0.25, "top_k": 7,
         "min_p": 0.125, "repetition_penalty": 1.5, "frequency_penalty": -0.5, "presence_penalty": 2,
         "logit_bias": {"5": -100, "0": 0.25}, "min_tokens": 3, "priority": -7, "cache_salt": "mine", "seed": -9007199254740993, "stop": null, "stop_token_ids": [3, 4], "user": "u",
         "something_else": {"a": 1}}\
        """);
    GenerationRequest request = lastRequest();
    assertThat(request.sampling())
        .isEqualTo(
            new SamplingParams(
                0.5,
                7,
                0.25,
                0.125,
                -9007199254740993L,
                new LogitAdjustments(Map.of(5, -100.0, 0, 0.25), 1.5, -0.5, 2, 3)));
    assertThat(request.maxTokens()).isEqualTo(3);
    assertThat(request.priority()).isEqualTo(-7);
    assertThat(request.cacheSalt()).isEqualTo("mine");
    assertThat(request.stopTokens()).containsExactlyInAnyOrder(3, 4, ByteTokenizer.EOS);
    assertThat(request.topLogprobs()).isEqualTo(-1);
    assertThat(request.promptLogprobs()).isEqualTo(-1);
  }

  @Test
  void generatesAsManyTokensAsAreTheLeast() {
    post("""
    {"model": "fake", "prompt": "abc", "min_tokens": 20}\
    """)
        .body("usage.completion_tokens", equalTo(20));
  }

  @Test
  void takesNeutralValues() {
    post(
        """
        {"model": "fake", "prompt": "abc", "repetition_penalty": 1.0, "presence_penalty": 0, "frequency_penalty": 0.0,
         "logit_bias": {}, "min_tokens": 0, "response_format": {"type": "text"}, "priority": 0, "best_of": 1,
         "suffix": null, "top_k": -1, "truncate_prompt_tokens": null, "stream_options": null}\
        """);
    assertThat(lastRequest().sampling().topK()).isZero();
    assertThat(lastRequest().sampling().adjustments()).isEqualTo(LogitAdjustments.NONE);
  }

  @Test
  void takesTokenIdsAsTheyAre() {
    post("""
    {"model": "fake", "prompt": [97, 98, 99], "max_tokens": 2, "return_token_ids": true}\
    """)
        .body("choices[0].prompt_token_ids", contains(97, 98, 99))
        .body("choices[0].token_ids", hasSize(2))
        .body("usage.prompt_tokens", equalTo(3));
    assertThat(lastRequest().prompt()).containsExactly(97, 98, 99);
  }

  @Test
  void answersEveryPromptWithEveryChoiceInOrder() {
    post("""
    {"model": "fake", "prompt": ["say:one", "say:two"], "n": 2, "max_tokens": 9}\
    """)
        .body("choices.index", contains(0, 1, 2, 3))
        .body("choices.text", contains("one", "one", "two", "two"))
        .body("usage.prompt_tokens", equalTo(16))
        .body("usage.completion_tokens", equalTo(16));
  }

  @Test
  void cutsAPromptAtItsBeginning() {
    post("""
    {"model": "fake", "prompt": ["say:one two", "ab"], "truncate_prompt_tokens": 5, "echo": true, "max_tokens": 1}\
    """)
        .body("choices[0].text", startsWith("e two"))
        .body("choices[1].text", startsWith("ab"))
        .body("usage.prompt_tokens", equalTo(8));
    post("""
    {"model": "plain", "prompt": "%s", "truncate_prompt_tokens": -1, "max_tokens": 9}\
    """
            .formatted("a".repeat(1000)))
        .body("usage.prompt_tokens", equalTo(63));
  }

  @Test
  void answersListsOfTokenIds() {
    post("""
    {"model": "fake", "prompt": [[115, 97, 121, 58, 49], [115, 97, 121, 58, 50]]}\
    """)
        .body("choices.text", contains("1", "2"));
  }

  @Test
  void stopsAtAnyNumberOfTexts() {
    post("""
    {"model": "fake", "prompt": "say:one two three", "max_tokens": 40,
     "stop": ["q", "w", "x", "y", "zz", "o t"]}\
    """)
        .body("choices[0].text", equalTo("one t"))
        .body("choices[0].finish_reason", equalTo("stop"));
    post("""
    {"model": "fake", "prompt": "say:one two three", "stop": " two"}\
    """)
        .body("choices[0].text", equalTo("one"));
  }

  @Test
  void givesTheSameForTheSameSeedOnly() {
    String body =
        """
        {"model": "fake", "prompt": "abc", "max_tokens": 60, "seed": %d}\
        """;
    String text = post(body.formatted(1)).extract().path("choices[0].text");
    post(body.formatted(1)).body("choices[0].text", equalTo(text));
    post(body.formatted(2)).body("choices[0].text", not(equalTo(text)));
  }

  /** The request that lm-evaluation-harness makes, and what it does with the reply. */
  @Test
  void scoresAPromptForLmEval() throws Exception {
    JsonNode choice =
        json("""
        {"model": "fake", "prompt": [[115, 97, 121, 58, 97, 226, 120, 98]], "temperature": 0,
         "max_tokens": 1, "logprobs": 1, "seed": 1234, "echo": true}\
        """)
            .path("choices")
            .path(0);
    JsonNode logprobs = choice.path("logprobs");
    for (String list : new String[] {"tokens", "token_logprobs", "top_logprobs", "text_offset"}) {
      assertThat(logprobs.path(list)).as(list).hasSize(9);
    }
    assertThat(logprobs.path("token_logprobs").get(0).isNull()).isTrue();
    assertThat(logprobs.path("top_logprobs").get(0).isNull()).isTrue();
    for (int i = 1; i < 9; i++) {
      JsonNode top = logprobs.path("top_logprobs").get(i);
      String token = logprobs.path("tokens").get(i).asText();
      // Written the very same in both places.
      assertThat(top.path(token).toString())
          .isEqualTo(logprobs.path("token_logprobs").get(i).toString());
    }
    // A token whose double is likelier does not pass for the likeliest.
    JsonNode a = logprobs.path("top_logprobs").get(4);
    assertThat(a.path("a").floatValue()).isEqualTo(-0.75f);
    assertThat(a.path("token_id:" + ByteTokenizer.OTHER_A).floatValue()).isEqualTo(-0.1f);
    assertThat(logprobs.path("tokens").get(5).asText()).isEqualTo("bytes:\\xe2");
  }

  @Test
  void scoresTheEndOfSequenceToo() throws Exception {
    JsonNode choice =
        json("""
        {"model": "fake", "prompt": [[115, 97, 121, 58]], "max_tokens": 1, "logprobs": 1, "echo": true}\
        """)
            .path("choices")
            .path(0);
    assertThat(choice.path("logprobs").path("tokens")).hasSize(5);
    assertThat(choice.path("logprobs").path("tokens").get(4).asText()).isEqualTo("</s>");
    assertThat(choice.path("logprobs").path("token_logprobs").get(4).isNumber()).isTrue();
    assertThat(choice.path("text").asText()).isEqualTo("say:");
    assertThat(choice.path("finish_reason").asText()).isEqualTo("stop");
  }

  @Test
  void onlyScoresWithoutTokensToGenerate() throws Exception {
    JsonNode reply =
        json(
            """
            {"model": "fake", "prompt": "abc", "max_tokens": 0, "logprobs": 0, "echo": true}\
            """);
    JsonNode choice = reply.path("choices").path(0);
    assertThat(choice.path("text").asText()).isEqualTo("abc");
    assertThat(choice.path("logprobs").path("tokens")).hasSize(4);
    assertThat(choice.path("logprobs").path("top_logprobs").get(2)).hasSize(1);
    assertThat(choice.path("finish_reason").asText()).isEqualTo("length");
    assertThat(reply.path("usage").path("completion_tokens").asInt()).isZero();
  }

  @Test
  void writesAnImpossibleTokenAsANumber() throws Exception {
    JsonNode logprobs =
        json("""
        {"model": "fake", "prompt": "say:cc", "logprobs": 5}\
        """)
            .path("choices")
            .path(0)
            .path("logprobs");
    assertThat(logprobs.path("token_logprobs").get(0).floatValue()).isEqualTo(-9999f);
    JsonNode top = logprobs.path("top_logprobs").get(0);
    assertThat(top).hasSize(6);
    Set<Float> values = new HashSet<>();
    top.forEach(value -> values.add(value.floatValue()));
    assertThat(values).contains(-9999f, -0.1f);
    assertThat(logprobs.path("text_offset").get(1).asInt()).isEqualTo(1);
  }
}
