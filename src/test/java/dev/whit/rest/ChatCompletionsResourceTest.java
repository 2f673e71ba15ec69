package dev.whit.rest;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import dev.whit.api.ByteTokenizer;
import dev.whit.api.FakeBackend;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(FakeModels.Profile.class)
final class ChatCompletionsResourceTest {
  private static ValidatableResponse post(String body) {
    return given().contentType(ContentType.JSON).body(body).post("/v1/chat/completions").then();
  }

  private static String lastPrompt() {
    return new ByteTokenizer().decode(FakeModels.FAKE.requests.getLast().prompt(), false);
  }

  @Test
  void answersAMessage() {
    post("""
    {"model": "fake", "messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "say:Hello"}]}\
    """)
        .statusCode(200)
        .body("id", startsWith("chatcmpl-"))
        .body("object", equalTo("chat.completion"))
        .body("choices", hasSize(1))
        .body("choices[0].message.role", equalTo("assistant"))
        .body("choices[0].message.content", equalTo("Hello"))
        .body("choices[0].finish_reason", equalTo("stop"))
        .body("choices[0].logprobs", nullValue())
        .body("usage.prompt_tokens", equalTo(9))
        .body("usage.completion_tokens", equalTo(6));
    assertThat(lastPrompt()).as("no second BOS").isEqualTo("say:Hello");
    assertThat(FakeModels.FAKE.requests.getLast().maxTokens())
        .isEqualTo(FakeBackend.MAX_CONTEXT - 9);
  }

  @Test
  void joinsTextParts() {
    post("""
    {"model": "fake", "messages": [{"role": "user", "content": [{"type": "text", "text": "say:a"}, {"type": "text", "text": "b"}]}]}\
    """)
        .statusCode(200)
        .body("choices[0].message.content", equalTo("a\nb"));
  }

  @Test
  void prefersTheNewerNameOfMaxTokens() {
    post("""
    {"model": "fake", "messages": [{"role": "user", "content": "abc"}], "max_tokens": 5, "max_completion_tokens": 3, "n": 2}\
    """)
        .statusCode(200)
        .body("choices.index", contains(0, 1))
        .body("usage.completion_tokens", equalTo(6));
  }

  @Test
  void givesLogProbabilities() {
    post("""
    {"model": "fake", "messages": [{"role": "user", "content": "say:a—"}], "logprobs": true, "top_logprobs": 2, "return_token_ids": true}\
    """)
        .statusCode(200)
        .body(
            "choices[0].logprobs.content.token",
            contains("a", "bytes:\\xe2", "bytes:\\x80", "bytes:\\x94", "</s>"))
        .body("choices[0].logprobs.content[1].bytes", contains(0xE2))
        .body("choices[0].logprobs.content[0].logprob", equalTo(-0.75f))
        .body("choices[0].logprobs.content[0].top_logprobs", hasSize(2))
        .body("choices[0].logprobs.content[0].top_logprobs[1].token", equalTo("a"))
        .body("choices[0].logprobs.content[0].top_logprobs[1].logprob", equalTo(-0.75f))
        .body("choices[0].token_ids", contains(97, 0xE2, 0x80, 0x94, ByteTokenizer.EOS))
        .body("prompt_token_ids", hasSize(8));
  }

  @Test
  void passesArgumentsToTheTemplate() {
    post("""
    {"model": "fake", "messages": [{"role": "user", "content": "say:a"}], "chat_template_kwargs": {"suffix": "bc", "messages": []}}\
    """)
        .statusCode(200)
        .body("choices[0].message.content", equalTo("abc"));
  }

  @Test
  void continuesTheFinalMessage() {
    post("""
    {"model": "fake", "messages": [{"role": "assistant", "content": "say:a"}], "continue_final_message": true,
     "chat_template_kwargs": {"suffix": "</turn>"}}\
    """)
        .statusCode(200)
        .body("choices[0].message.content", equalTo("a"));
  }

  @Test
  void takesNeutralValuesOfWhatItDoesNotBuild() {
    post("""
    {"model": "fake", "messages": [{"role": "user", "content": "say:a", "tool_calls": []}], "tools": [], "tool_choice": "none",
     "logprobs": false, "top_logprobs": 0}\
    """)
        .statusCode(200);
  }

  @Test
  void saysWhatTheTemplateSays() {
    post("""
    {"model": "fake", "messages": [{"role": "system", "content": "s"}]}\
    """)
        .statusCode(400)
        .body("error.param", equalTo("messages"))
        .body("error.message", containsString("the last message must not be the system's"));
  }

  @Test
  void needsATemplate() {
    post("""
    {"model": "plain", "messages": [{"role": "user", "content": "s"}]}\
    """)
        .statusCode(400)
        .body("error.message", containsString("no chat template"));
  }
}
