package dev.whit.rest;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Server-sent events byte by byte, on a bare socket. */
@QuarkusTest
@TestProfile(FakeModels.Profile.class)
final class StreamingTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String COMPLETION = "/v1/completions";
  private static final String CHAT = "/v1/chat/completions";

  @TestHTTPResource
  @SuppressWarnings("NullAway.Init")
  URI server;

  private static String request(String prompt, String more) {
    return """
    {"model": "fake", "prompt": "%s", "messages": [{"role": "user", "content": "%s"}]%s}\
    """
        .formatted(prompt, prompt, more);
  }

  private String stream(String path, String prompt, String more) throws Exception {
    try (RawHttp connection = new RawHttp(server.getPort())) {
      connection.post(path, request(prompt, ", \"stream\": true" + more));
      String head = connection.readHead();
      assertThat(head).startsWith("HTTP/1.1 200 ");
      return connection.readBody(head);
    }
  }

  /** The events' data, which must be all there is but comments. */
  private static List<JsonNode> events(String body) throws Exception {
    assertThat(body).endsWith("data: [DONE]\n\n");
    List<JsonNode> events = new ArrayList<>();
    for (String event : body.split("\n\n", -1)) {
      if (!event.isEmpty() && !event.equals(": ping") && !event.equals("data: [DONE]")) {
        assertThat(event).startsWith("data: {").doesNotContain("\n");
        events.add(JSON.readTree(event.substring("data: ".length())));
      }
    }
    return events;
  }

  @Test
  void hasTheHeadersOfAStream() throws Exception {
    try (RawHttp connection = new RawHttp(server.getPort())) {
      connection.post(COMPLETION, request("say:a", ", \"stream\": true"), "x-request-id: abc");
      String head = connection.readHead().toLowerCase(Locale.ROOT);
      assertThat(head)
          .contains("content-type: text/event-stream")
          .contains("cache-control: no-cache\r\n")
          .contains("x-accel-buffering: no\r\n")
          .contains("x-request-id: abc\r\n")
          .contains("transfer-encoding: chunked\r\n")
          .doesNotContain("content-length");
      String body = connection.readBody(head);
      assertThat(body).startsWith("data: {\"id\":\"cmpl-abc\",\"object\":\"text_completion\"");
      // The connection can be used for another stream.
      connection.post(CHAT, request("say:b", ", \"stream\": true"));
      assertThat(connection.readBody(connection.readHead())).endsWith("data: [DONE]\n\n");
    }
  }

  @Test
  void beginsAChatWithTheRole() throws Exception {
    List<JsonNode> events = events(stream(CHAT, "say:Hi", ", \"n\": 2"));
    for (int choice = 0; choice < 2; choice++) {
      int index = choice;
      List<JsonNode> own =
          events.stream()
              .map(event -> event.path("choices").path(0))
              .filter(c -> c.path("index").asInt() == index)
              .toList();
      assertThat(own.getFirst().path("delta").path("role").asText()).isEqualTo("assistant");
      assertThat(own.getFirst().path("finish_reason").isNull()).isTrue();
      assertThat(own.subList(1, own.size())).noneMatch(chunk -> chunk.path("delta").has("role"));
      assertThat(own.getLast().path("finish_reason").asText()).isEqualTo("stop");
    }
    assertThat(events).allMatch(e -> e.path("object").asText().equals("chat.completion.chunk"));
    assertThat(events).noneMatch(event -> event.has("usage"));
  }

  @ParameterizedTest
  @ValueSource(strings = {COMPLETION, CHAT})
  void endsWithTheUsageIfAsked(String path) throws Exception {
    List<JsonNode> events =
        events(stream(path, "say:Hi", ", \"stream_options\": {\"include_usage\": true}"));
    JsonNode last = events.getLast();
    assertThat(last.path("choices").isArray()).isTrue();
    assertThat(last.path("choices")).isEmpty();
    assertThat(last.path("usage").path("completion_tokens").asInt()).isEqualTo(3);
    assertThat(events.subList(0, events.size() - 1)).noneMatch(event -> event.has("usage"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ", \"stop\": [\"ju\", \"—\"]",
        ", \"stop\": \"lazy\", \"n\": 3",
        ", \"return_token_ids\": true, \"n\": 2"
      })
  void saysTheSameAsAWholeReply(String more) throws Exception {
    String options = ", \"seed\": 11, \"max_tokens\": 70" + more;
    for (String path : new String[] {COMPLETION, CHAT}) {
      String usage = ", \"stream_options\": {\"include_usage\": true}";
      List<JsonNode> events = events(stream(path, "abc", options + usage));
      JsonNode whole =
          JSON.readTree(
              given()
                  .contentType("application/json")
                  .body(request("abc", options))
                  .post(path)
                  .asString());
      assertThat(events.getLast().path("usage")).isEqualTo(whole.path("usage"));
      for (JsonNode choice : whole.path("choices")) {
        StringBuilder text = new StringBuilder();
        List<Integer> ids = new ArrayList<>();
        String finish = "";
        for (JsonNode event : events) {
          JsonNode part = event.path("choices").path(0);
          if (part.path("index").asInt(-1) == choice.path("index").asInt()) {
            assertThat(finish).as("nothing follows the end").isEmpty();
            text.append(part.path("text").asText(part.path("delta").path("content").asText()));
            part.path("token_ids").forEach(id -> ids.add(id.asInt()));
            finish = part.path("finish_reason").isNull() ? "" : part.path("finish_reason").asText();
          }
        }
        assertThat(text)
            .hasToString(
                choice.path("text").asText(choice.path("message").path("content").asText()));
        assertThat(finish).isEqualTo(choice.path("finish_reason").asText());
        List<Integer> wholeIds = new ArrayList<>();
        choice.path("token_ids").forEach(id -> wholeIds.add(id.asInt()));
        assertThat(ids).isEqualTo(wholeIds);
      }
    }
  }

  @Test
  void neverSplitsACharacterOrLeaksAStop() throws Exception {
    List<JsonNode> events =
        events(
            stream(
                COMPLETION, "say:é🙂 STO STOP more", ", \"stop\": \"STOP\", \"max_tokens\": 50"));
    StringBuilder text = new StringBuilder();
    for (JsonNode event : events) {
      String piece = event.path("choices").path(0).path("text").asText();
      assertThat(piece).doesNotContain("\uFFFD");
      text.append(piece);
      assertThat("é🙂 STO ").startsWith(text.toString());
    }
    assertThat(text).hasToString("é🙂 STO ");
  }

  @Test
  void streamsTheEchoFirst() throws Exception {
    List<JsonNode> events =
        events(
            stream(
                COMPLETION,
                "say:xy",
                ", \"echo\": true, \"logprobs\": 1, \"return_token_ids\": true"));
    JsonNode first = events.getFirst().path("choices").path(0);
    assertThat(first.path("text").asText()).startsWith("say:xy");
    assertThat(first.path("prompt_token_ids")).hasSize(7);
    assertThat(first.path("logprobs").path("token_logprobs").get(0).isNull()).isTrue();
    int scored = 0;
    for (JsonNode event : events) {
      scored += event.path("choices").path(0).path("logprobs").path("tokens").size();
    }
    assertThat(scored).as("prompt with BOS, xy, end").isEqualTo(7 + 3);
    assertThat(events.getLast().path("choices").path(0).has("prompt_token_ids")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {COMPLETION, CHAT})
  void tellsOfAFailureInTheMiddle(String path) throws Exception {
    List<JsonNode> events = events(stream(path, "fail-after:abc", ""));
    assertThat(events.getFirst().has("choices")).isTrue();
    JsonNode error = events.getLast().path("error");
    assertThat(error.path("type").asText()).isEqualTo("server_error");
    assertThat(error.path("message").asText()).contains("request id").doesNotContain("secret");
    assertThat(error.has("param") && error.has("code")).isTrue();
  }

  @Test
  void pingsWhileNothingComes() throws Exception {
    try (RawHttp connection = new RawHttp(server.getPort())) {
      connection.post(COMPLETION, request("hang", ", \"stream\": true"));
      assertThat(connection.readHead()).startsWith("HTTP/1.1 200 ");
      assertThat(connection.readUntil("\n\n")).endsWith("\r\n: ping\n\n");
      assertThat(connection.readUntil("\n\n")).endsWith("\r\n: ping\n\n");
    }
  }

  @Test
  void endsWithTheConnectionInHttp10() throws Exception {
    try (RawHttp connection = new RawHttp(server.getPort())) {
      connection.postAs(
          "HTTP/1.0", COMPLETION, request("say:a", ", \"stream\": true"), "Connection: keep-alive");
      String head = connection.readHead();
      assertThat(head).contains(" 200 ").doesNotContain("chunked");
      assertThat(events(connection.readToEnd())).isNotEmpty();
    }
  }

  /** Java's own client asks for HTTP/2 on the first request, with the body. */
  @Test
  void streamsOverHttp2() throws Exception {
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
      for (int i = 0; i < 2; i++) {
        HttpResponse<String> response =
            client.send(
                HttpRequest.newBuilder(server.resolve(CHAT))
                    .header("Content-Type", "application/json")
                    .POST(
                        HttpRequest.BodyPublishers.ofString(
                            request("say:Hello", ", \"stream\": true")))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(events(response.body())).isNotEmpty();
      }
    }
  }
}
