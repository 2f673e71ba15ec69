package dev.whit.rest;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@TestProfile(FakeModels.Profile.class)
final class TokenizationResourceTest {
  private static ValidatableResponse post(String path, String body) {
    return given().contentType("application/json").body(body).post(path).then();
  }

  @Test
  void tokenizesInVllmsShape() {
    post("/tokenize", "{\"model\": \"fake\", \"prompt\": \"ab\", \"add_special_tokens\": false}")
        .statusCode(200)
        .body("tokens", contains(97, 98))
        .body("count", equalTo(2))
        .body("max_model_len", equalTo(1 << 20))
        .body("$", not(hasKey("token_strs")));
    post(
            "/tokenize",
            "{\"model\": \"fake\", \"prompt\": \"ab\", \"add_special_tokens\": false,"
                + " \"return_token_strs\": true}")
        .body("token_strs", contains("<0x61>", "<0x62>"));
  }

  /** As lm-evaluation-harness asks, which names no model. */
  @Test
  void modelsOfOneTokenizerNeedNoName() {
    post("/tokenize", "{\"prompt\": \"ab\", \"add_special_tokens\": false}")
        .statusCode(200)
        .body("tokens", contains(97, 98));
    post("/detokenize", "{\"tokens\": [97, 98]}").statusCode(200).body("prompt", equalTo("ab"));
  }

  @Test
  void whatIsTokenizedIsDetokenizedToTheSame() {
    String text = "käse \uD83D\uDE00";
    String tokens =
        post("/tokenize", "{\"model\": \"fake\", \"prompt\": \"" + text + "\"}")
            .extract()
            .path("tokens")
            .toString();
    post("/detokenize", "{\"model\": \"fake\", \"tokens\": " + tokens + "}")
        .statusCode(200)
        .body("prompt", containsString(text));
  }

  @Test
  void aTextMayBeLongerThanTheContextButNotEndless() {
    String body = "{\"model\": \"plain\", \"prompt\": \"%s\", \"add_special_tokens\": false}";
    post("/tokenize", body.formatted("a".repeat(1000)))
        .statusCode(200)
        .body("count", equalTo(1000))
        .body("max_model_len", equalTo(64));
    post("/tokenize", body.formatted("a".repeat((1 << 20) + 1)))
        .statusCode(400)
        .body("error.message", equalTo("prompt has 1048577 characters; the limit is 1048576"));
  }

  @Test
  void tellsWhatTheTokenizerIs() {
    given()
        .get("/tokenizer_info")
        .then()
        .statusCode(200)
        .body("eos_token", equalTo("</s>"))
        .body("bos_token", equalTo("<s>"))
        .body("pad_token", nullValue())
        .body("chat_template", equalTo("{{ messages[-1].content }}"));
    given()
        .get("/tokenizer_info?model=plain")
        .then()
        .statusCode(200)
        .body("chat_template", nullValue())
        .body("model_max_length", equalTo(64));
    given().get("/tokenizer_info?model=none").then().statusCode(404);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "/tokenize | {} | prompt is required",
        "/tokenize | {'prompt': 5} | prompt must be a string, not 5",
        "/tokenize | {'model': 'fake', 'messages': []} | messages is not supported yet",
        "/tokenize | {'model': 'fake', 'prompt': 'a', 'add_special_tokens': 1} | must be true or false",
        "/detokenize | {} | tokens is required",
        "/detokenize | {'tokens': 'a'} | tokens must be an array of token ids",
        "/detokenize | {'model': 'fake', 'tokens': [1, -1]} | tokens[1] must be an integer from 0",
        "/detokenize | {'model': 'fake', 'tokens': [100000]} | tokens[0] is 100000; this model's ids",
        "/detokenize | {'model': 'fake', 'tokens': [1.5]} | tokens[0] must be an integer"
      })
  void refusesByField(String path, String body, String message) {
    post(path, body.replace('\'', '"'))
        .statusCode(400)
        .body("error.type", equalTo("invalid_request_error"))
        .body("error.message", containsString(message));
  }

  @Test
  void anEmptyTextIsNoTokens() {
    post("/tokenize", "{\"model\": \"fake\", \"prompt\": \"\", \"add_special_tokens\": false}")
        .statusCode(200)
        .body("count", equalTo(0));
    post("/detokenize", "{\"model\": \"fake\", \"tokens\": []}")
        .statusCode(200)
        .body("prompt", equalTo(""));
  }
}
