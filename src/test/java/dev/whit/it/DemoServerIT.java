package dev.whit.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a newcomer gets who starts the server and names no model. */
class DemoServerIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String DEMO = "model_name=\"demo\"";

  private static ServerProcess server;

  @BeforeAll
  static void start() {
    server = ServerProcess.serve();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void servesThreeDemoModels() throws JsonProcessingException {
    JsonNode models = JSON.readTree(server.get("/v1/models").body()).path("data");

    assertThat(models)
        .extracting(model -> model.path("id").asText())
        .containsExactly("demo", "demo-littlebit", "demo-fp16");
    assertThat(models)
        .extracting(model -> model.path("format").asText())
        .containsExactly("nanoquant", "littlebit", "dense");
    assertThat(models)
        .extracting(model -> model.path("licence").asText())
        .containsOnly("apache-2.0");
    assertThat(models.get(0).path("bits_per_weight").asDouble()).isBetween(0.73, 0.731);
    assertThat(models.get(0).path("max_context").asInt()).isEqualTo(1024);
  }

  /** lm-evaluation-harness's remote tokenizer names none of the three. */
  @Test
  void tokenisesForNoModel() {
    assertThat(
            server
                .post("/tokenize", "{\"prompt\":\"a\",\"add_special_tokens\":false}")
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void everyModelAnswersTheSameStreamedAndWhole() throws JsonProcessingException {
    for (String model : List.of("demo", "demo-littlebit", "demo-fp16")) {
      String fields =
          "\"model\":\"%s\",\"prompt\":\"The old house stood\",\"max_tokens\":24,\"seed\":7"
              .formatted(model);

      JsonNode whole =
          JSON.readTree(server.post("/v1/completions", "{" + fields + "}").body())
              .path("choices")
              .path(0);

      assertThat(whole.path("text").asText()).as(model).isNotBlank();
      assertThat(streamedText("{" + fields + ",\"stream\":true}"))
          .as(model)
          .isEqualTo(whole.path("text").asText());
    }
  }

  @Test
  void showsItsDescription() {
    assertThat(server.get("/openapi").body()).contains("/v1/chat/completions");
    assertThat(server.get("/swagger-ui/").body()).contains("swagger-ui-bundle.js");
  }

  @Test
  void answersAChat() throws JsonProcessingException {
    JsonNode reply =
        JSON.readTree(
            server
                .post(
                    "/v1/chat/completions",
                    """
                    {"model":"demo","max_tokens":8,
                     "messages":[{"role":"user","content":"Who are you?"}]}\
                    """)
                .body());

    assertThat(reply.path("choices").path(0).path("message").path("content").asText()).isNotBlank();
  }

  @Test
  void talksThroughAPipe() throws JsonProcessingException {
    JsonNode reply =
        JSON.readTree(
            server
                .post(
                    "/v1/chat/completions",
                    """
                    {"model":"demo-fp16","max_tokens":8,"temperature":0,
                     "messages":[{"role":"system","content":"Be kind."},
                                 {"role":"user","content":"Où est Zoë?"}]}\
                    """)
                .body());

    ServerProcess.Exit exit =
        ServerProcess.runWith(
            "/params temperature=0\nOù est Zoë?\n",
            "chat",
            "--url=" + server.url() + "/v1",
            "--model=demo-fp16",
            "--system=Be kind.",
            "--field=max_tokens=8");

    assertThat(exit.out())
        .isEqualTo(reply.path("choices").path(0).path("message").path("content").asText() + "\n");
    assertThat(exit.code()).isZero();
  }

  @Test
  void probesAnswerWhenReady() throws JsonProcessingException {
    for (String path : List.of("/health", "/health/live", "/health/ready", "/health/started")) {
      JsonNode health = JSON.readTree(server.get(path).body());

      assertThat(health.path("status").asText()).as(path).isEqualTo("UP");
      assertThat(health.path("checks")).as(path).isNotEmpty();
    }
  }

  @Test
  void answersATargetThatIsWronglyEncoded() {
    assertThat(server.exchange("GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ")
        .contains("x-request-id")
        .contains("invalid_request_error");
  }

  @Test
  void aSecondPromptWithTheSameBeginningComesFromTheCache() throws JsonProcessingException {
    double hits = server.metric("vllm:prefix_cache_hits_total", DEMO);
    String prefix = "97,".repeat(1000);
    assertThat(cachedTokens(prefix + "98")).isZero();
    assertThat(cachedTokens(prefix + "99")).isBetween(960, 1000);
    assertThat(server.metric("vllm:prefix_cache_hits_total", DEMO) - hits)
        .isGreaterThanOrEqualTo(960);
  }

  private static int cachedTokens(String prompt) throws JsonProcessingException {
    String request = "{\"model\":\"demo\",\"prompt\":[%s],\"max_tokens\":2}".formatted(prompt);
    return JSON.readTree(server.post("/v1/completions", request).body())
        .path("usage")
        .path("prompt_tokens_details")
        .path("cached_tokens")
        .asInt(-1);
  }

  @Test
  void clientsThatGoAwayLeaveNothingBehind() throws Exception {
    Random random = new Random(1);
    List<Future<?>> clients = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 32; i++) {
        int lines = random.nextInt(60);
        String request =
            """
            {"model":"demo","prompt":"Client %d","max_tokens":120,"stream":true,"ignore_eos":true}\
            """
                .formatted(i);
        clients.add(
            threads.submit(() -> {
              try (Stream<String> reply = server.stream("/v1/completions", request)) {
                return reply.limit(lines).count();
              }
            }));
      }
    }
    for (Future<?> client : clients) {
      client.get();
    }

    server.await("vllm:num_requests_running", DEMO, 0);
    server.await("vllm:num_requests_waiting", DEMO, 0);
    server.await("vllm:kv_cache_usage_perc", DEMO, 0);
    assertThat(
            server.metric(
                "whit_requests_cancelled_total", "cause=\"client_gone\",experiment=\"\"," + DEMO))
        .isPositive();
  }

  private static String streamedText(String request) throws JsonProcessingException {
    StringBuilder text = new StringBuilder();
    List<String> events;
    try (Stream<String> lines = server.stream("/v1/completions", request)) {
      events = lines.filter(line -> line.startsWith("data: ")).toList();
    }
    assertThat(events.getLast()).isEqualTo("data: [DONE]");
    for (String event : events.subList(0, events.size() - 1)) {
      JsonNode chunk = JSON.readTree(event.substring("data: ".length()));
      text.append(chunk.path("choices").path(0).path("text").asText());
    }
    return text.toString();
  }
}
