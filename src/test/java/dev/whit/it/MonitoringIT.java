package dev.whit.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What operators see: numbers after a known workload, and that dashboard and alerts use them. */
class MonitoringIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MODEL = "demo";
  private static final String COMPLETIONS = "/v1/completions";

  /** What Prometheus adds to every series, and what it makes itself. */
  private static final Set<String> TARGET_LABELS = Set.of("job", "instance");

  private static final Set<String> OF_PROMETHEUS = Set.of("up");

  private static final double[] FIRST_TOKEN = {
    0.001, 0.002, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80
  };
  private static final double[] INTER_TOKEN = {
    0.00025, 0.0005, 0.001, 0.002, 0.003, 0.004, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.025, 0.035,
    0.05, 0.075, 0.1, 0.15, 0.2, 0.4, 0.75, 1, 2.5
  };
  private static final double[] REQUEST = {
    0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240
  };

  private static OtlpSink traces;
  private static ServerProcess server;

  @BeforeAll
  static void start() throws IOException {
    traces = new OtlpSink();
    server =
        ServerProcess.serve(
            Map.of("WHIT_MAX_QUEUE", "1"),
            "--model",
            MODEL + "=" + ServerProcess.DEMO.resolve("nanoquant"),
            "--max-seqs",
            "2",
            "--threads",
            "1",
            "--otlp-endpoint",
            traces.url());
  }

  @AfterAll
  static void stop() {
    server.close();
    traces.close();
  }

  private static ScrapedMetrics scrape() {
    return ScrapedMetrics.parse(server.get("/metrics").body());
  }

  private static void complete(String prompt, String more) {
    String request = "{\"prompt\":[%s]%s}".formatted(prompt, more);
    if (request.contains("\"stream\":true")) {
      try (Stream<String> lines = server.stream(COMPLETIONS, request)) {
        assertThat(lines.filter(line -> !line.isEmpty())).last().isEqualTo("data: [DONE]");
      }
    } else {
      assertThat(server.post(COMPLETIONS, request).statusCode()).isEqualTo(200);
    }
  }

  /** Differences of a sample of the model between two scrapes. */
  private record Growth(ScrapedMetrics before, ScrapedMetrics after) {
    double of(String name, String... labels) {
      String[] all =
          Stream.concat(Stream.of("model_name", MODEL), Stream.of(labels)).toArray(String[]::new);
      return after.value(name, all) - before.value(name, all);
    }

    /** Growth of a histogram's buckets, cumulative as they are. */
    List<Integer> buckets(String name) {
      Map<Double, Double> old = before.buckets(name, MODEL);
      List<Integer> grown = new ArrayList<>();
      after.buckets(name, MODEL).forEach((le, n) -> grown.add((int) (n - old.get(le))));
      return grown;
    }
  }

  @Test
  void countsAWorkload() {
    String hundred = "97,".repeat(99) + "98";
    ScrapedMetrics before = scrape();
    complete("5,6,7", ",\"max_tokens\":9,\"ignore_eos\":true");
    complete("5,6,8", ",\"max_tokens\":4,\"ignore_eos\":true,\"stream\":true");
    complete(hundred, ",\"max_tokens\":2,\"ignore_eos\":true");
    complete(hundred, ",\"max_tokens\":2,\"ignore_eos\":true"); // six blocks of 16 are cached
    complete("5", ",\"max_tokens\":7,\"logit_bias\":{\"65\":100},\"stop_token_ids\":[65]");
    complete("9,".repeat(19) + "9", ",\"max_tokens\":0,\"echo\":true,\"logprobs\":1");
    Growth grown = new Growth(before, scrape());

    assertThat(grown.of("vllm:prompt_tokens_total")).isEqualTo(3 + 3 + 100 + 100 + 1 + 20);
    assertThat(grown.of("vllm:generation_tokens_total")).isEqualTo(9 + 4 + 2 + 2 + 1);
    assertThat(grown.of("vllm:prefix_cache_queries_total")).isEqualTo(3 + 3 + 100 + 100);
    assertThat(grown.of("vllm:prefix_cache_hits_total")).isEqualTo(96);
    assertThat(grown.of("vllm:num_preemptions_total")).isZero();
    assertThat(grown.of("whit_requests_accepted_total")).isEqualTo(6);
    assertThat(ends(grown)).isEqualTo(Map.of("stop", 1, "length", 5, "abort", 0, "error", 0));

    assertThat(grown.of("vllm:request_prompt_tokens_sum")).isEqualTo(227);
    assertThat(grown.buckets("vllm:request_prompt_tokens"))
        .containsExactly(1, 1, 3, 3, 4, 4, 6, 6, 6, 6, 6);
    assertThat(grown.of("vllm:request_generation_tokens_sum")).isEqualTo(18);
    assertThat(grown.buckets("vllm:request_generation_tokens"))
        .containsExactly(2, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6);
    // Prompts: 3+1, 3+1, 100+1, 4+1, 1+1, 19 to score 20; then a token a step.
    assertThat(grown.of("vllm:iteration_tokens_total_sum"))
        .isEqualTo(4 + 8 + 4 + 3 + 101 + 1 + 5 + 1 + 2 + 19);
    assertThat(grown.buckets("vllm:iteration_tokens_total"))
        .containsExactly(13, 17, 17, 18, 18, 19, 19, 19, 19, 19, 19, 19, 19, 19);

    for (String name :
        List.of("vllm:time_to_first_token_seconds", "gen_ai_server_time_to_first_token_seconds")) {
      assertThat(grown.of(name + "_count")).as(name).isEqualTo(5);
    }
    assertThat(grown.of("vllm:inter_token_latency_seconds_count")).isEqualTo(18 - 5);
    assertThat(grown.of("gen_ai_server_time_per_output_token_seconds_count")).isEqualTo(4);
    for (String name :
        List.of(
            "vllm:e2e_request_latency_seconds",
            "vllm:request_queue_time_seconds",
            "vllm:request_prefill_time_seconds",
            "vllm:request_decode_time_seconds",
            "gen_ai_server_request_duration_seconds")) {
      assertThat(grown.of(name + "_count")).as(name).isEqualTo(6);
    }
    assertThat(grown.of("vllm:inter_token_latency_seconds_sum"))
        .isPositive()
        .isCloseTo(grown.of("vllm:request_decode_time_seconds_sum"), within(1e-6));
    double parts =
        grown.of("vllm:request_queue_time_seconds_sum")
            + grown.of("vllm:request_prefill_time_seconds_sum")
            + grown.of("vllm:request_decode_time_seconds_sum");
    assertThat(grown.of("vllm:e2e_request_latency_seconds_sum")).isGreaterThanOrEqualTo(parts);
    assertThat(grown.of("vllm:time_to_first_token_seconds_sum")).isPositive().isLessThan(parts);
    assertThat(grown.of("gen_ai_server_time_to_first_token_seconds_sum"))
        .isEqualTo(grown.of("vllm:time_to_first_token_seconds_sum"));
    assertNothingIsLeft();
  }

  private static Map<String, Integer> ends(Growth grown) {
    Map<String, Integer> ends = new HashMap<>();
    for (String reason : List.of("stop", "length", "abort", "error")) {
      ends.put(reason, (int) grown.of("vllm:request_success_total", "finished_reason", reason));
    }
    return ends;
  }

  private static void assertNothingIsLeft() {
    server.await("vllm:num_requests_running", MODEL, 0);
    server.await("vllm:num_requests_waiting", MODEL, 0);
    server.await("vllm:kv_cache_usage_perc", MODEL, 0);
  }

  /** Two run and one waits: the fourth is refused, and with it the request. */
  @Test
  void countsWhatIsRefusedAndGivenUp() {
    ScrapedMetrics before = scrape();
    int status =
        server
            .post(COMPLETIONS, "{\"prompt\":[1],\"max_tokens\":1000,\"n\":5,\"ignore_eos\":true}")
            .statusCode();
    assertThat(status).isEqualTo(429);
    assertNothingIsLeft();
    complete(
        "5",
        ",\"max_tokens\":1000,\"logit_bias\":{\"65\":100},\"stop\":\"%s\"".formatted(text(65)));
    assertNothingIsLeft();
    Growth grown = new Growth(before, scrape());

    assertThat(grown.of("whit_requests_rejected_total", "reason", "queue_full")).isEqualTo(1);
    assertThat(grown.of("whit_requests_rejected_total", "reason", "unavailable")).isZero();
    assertThat(grown.of("whit_requests_accepted_total")).isEqualTo(4);
    assertThat(grown.of("whit_requests_cancelled_total", "cause", "client_gone")).isEqualTo(3);
    assertThat(grown.of("whit_requests_cancelled_total", "cause", "stop_string")).isEqualTo(1);
    assertThat(ends(grown)).isEqualTo(Map.of("stop", 1, "length", 0, "abort", 3, "error", 0));
    assertThat(grown.of("gen_ai_server_request_duration_seconds_count")).isEqualTo(4);
    assertThat(grown.of("vllm:e2e_request_latency_seconds_count")).isEqualTo(1);
    String[] refused = {"status", "429", "uri", COMPLETIONS, "method", "POST"};
    String requests = "http_server_requests_seconds_count";
    assertThat(grown.after().value(requests, refused) - before.value(requests, refused))
        .isEqualTo(1);
  }

  private static String text(int token) {
    String reply = server.post("/detokenize", "{\"tokens\":[%d]}".formatted(token)).body();
    try {
      return JSON.readTree(reply).path("prompt").asText();
    } catch (IOException e) {
      throw new AssertionError(reply, e);
    }
  }

  /** A thousand tokens are many scrapes long; where they are not, another attempt sees them. */
  @Test
  void showsWhatRunsAndWaits() {
    String request =
        "{\"prompt\":[1],\"max_tokens\":1000,\"n\":3,\"ignore_eos\":true,\"stream\":true}";
    for (int attempt = 0; attempt < 20; attempt++) {
      try (Stream<String> lines = server.stream(COMPLETIONS, request)) {
        assertThat(lines.findFirst()).isPresent();
        ScrapedMetrics now = scrape();
        if (now.value("vllm:num_requests_waiting") == 1) {
          assertThat(now.value("vllm:num_requests_running")).isEqualTo(2);
          // Two of the model's 128 blocks at least, and not all.
          assertThat(now.value("vllm:kv_cache_usage_perc")).isBetween(2 / 128.0, 0.999);
          break;
        }
      }
      assertThat(attempt).as("attempts").isLessThan(19);
    }
    assertNothingIsLeft();
  }

  @Test
  void everyMeterHasItsNameTypeLabelsAndBuckets() {
    ScrapedMetrics now = scrape();
    for (String gauge :
        List.of(
            "vllm:num_requests_running",
            "vllm:num_requests_waiting",
            "vllm:kv_cache_usage_perc",
            "vllm:cache_config_info",
            "whit_engine_healthy",
            "whit_ready",
            "whit_build_info",
            "whit_kv_cache_bytes",
            "whit_model_load_seconds",
            "whit_model_weight_bytes",
            "whit_model_bits_per_weight")) {
      assertThat(now.types()).containsEntry(gauge, "gauge");
    }
    for (String counter :
        List.of(
            "vllm:prompt_tokens_total",
            "vllm:generation_tokens_total",
            "vllm:request_success_total",
            "vllm:num_preemptions_total",
            "vllm:prefix_cache_queries_total",
            "vllm:prefix_cache_hits_total",
            "whit_requests_accepted_total",
            "whit_requests_rejected_total",
            "whit_requests_cancelled_total")) {
      assertThat(now.types()).containsEntry(counter, "counter");
    }
    double[] tokens = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000};
    double[] steps = {1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384};
    assertBuckets(now, "vllm:request_prompt_tokens", tokens);
    assertBuckets(now, "vllm:request_generation_tokens", tokens);
    assertBuckets(now, "vllm:iteration_tokens_total", steps);
    assertBuckets(now, "vllm:time_to_first_token_seconds", FIRST_TOKEN);
    assertBuckets(now, "gen_ai_server_time_to_first_token_seconds", FIRST_TOKEN);
    assertBuckets(now, "vllm:inter_token_latency_seconds", INTER_TOKEN);
    assertBuckets(now, "gen_ai_server_time_per_output_token_seconds", INTER_TOKEN);
    for (String name :
        List.of(
            "vllm:e2e_request_latency_seconds",
            "vllm:request_queue_time_seconds",
            "vllm:request_prefill_time_seconds",
            "vllm:request_decode_time_seconds",
            "gen_ai_server_request_duration_seconds")) {
      assertBuckets(now, name, REQUEST);
    }
    assertThat(now.samples())
        .filteredOn(s -> s.name().startsWith("vllm:") || s.name().matches("(whit|gen_ai)_.*"))
        .hasSizeGreaterThan(200)
        .allSatisfy(
            sample -> assertThat(sample.labels()).containsKeys("model_name", "experiment", "arm"));
    assertThat(now.value("vllm:cache_config_info", "block_size", "16", "num_gpu_blocks", "128"))
        .isEqualTo(1);
    assertThat(now.value("whit_ready")).isEqualTo(1);
    assertThat(now.value("whit_engine_healthy", "model_name", MODEL)).isEqualTo(1);
  }

  private static void assertBuckets(ScrapedMetrics now, String name, double[] bounds) {
    assertThat(now.types()).containsEntry(name, "histogram");
    Map<Double, Double> buckets = now.buckets(name, MODEL);
    List<Double> expected = new ArrayList<>();
    for (double bound : bounds) {
      expected.add(bound);
    }
    expected.add(Double.POSITIVE_INFINITY);
    assertThat(buckets.keySet()).as(name).containsExactlyElementsOf(expected);
    assertThat(List.copyOf(buckets.values())).as(name).isSorted();
    assertThat(buckets.get(Double.POSITIVE_INFINITY))
        .as(name)
        .isEqualTo(now.value(name + "_count", "model_name", MODEL));
  }

  /** The framework counts replies under a hundred paths, whoever has asked for them first. */
  @Test
  void oddPathsAreOneLabel() {
    for (int i = 0; i < 110; i++) {
      assertThat(
              server.exchange(
                  "GET /%%zz%d HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".formatted(i)))
          .startsWith("HTTP/1.1 400 ");
    }
    assertThat(server.get("/v1/models/demo").statusCode()).isEqualTo(200);
    String requests = "http_server_requests_seconds_count";
    ScrapedMetrics now = scrape();
    assertThat(now.value(requests, "uri", "other", "status", "400", "method", "GET"))
        .isEqualTo(110);
    assertThat(now.value(requests, "uri", "/v1/models/{name}", "status", "200")).isPositive();
    assertThat(now.find(requests)).noneMatch(s -> s.labels().get("uri").contains("%"));
  }

  @Test
  void anAnswerHasASpanInsideThatOfItsRequest() throws Exception {
    String trace = "0af7651916cd43dd8448eb211c80319c";
    for (boolean stream : new boolean[] {false, true}) {
      String body =
          """
          {"messages":[{"role":"user","content":"a secret of mine"}],"max_tokens":3,\
          "temperature":0.5,"top_p":0.75,"top_k":7,"seed":11,"ignore_eos":true,\
          "stop":"secret-stop","stream":%s}\
          """
              .formatted(stream);
      String reply =
          traced(
              "/v1/chat/completions",
              body,
              "traced-" + stream,
              "00-%s-b7ad6b7169203331-01".formatted(trace));
      OtlpSink.Span answer =
          traces.await(
              span -> ("traced-" + stream).equals(span.attributes().get("gen_ai.response.id")));
      assertThat(answer.name()).isEqualTo("chat demo");
      assertThat(answer.trace()).isEqualTo(trace);
      assertThat(answer.attributes())
          .containsEntry("gen_ai.operation.name", "chat")
          .containsEntry("gen_ai.request.model", "demo")
          .containsEntry("gen_ai.response.model", "demo")
          .containsEntry("gen_ai.request.temperature", 0.5)
          .containsEntry("gen_ai.request.top_p", 0.75)
          .containsEntry("gen_ai.request.top_k", 7.0)
          .containsEntry("gen_ai.request.max_tokens", 3L)
          .containsEntry("gen_ai.request.seed", 11L)
          .containsEntry("gen_ai.usage.output_tokens", 3L)
          .containsEntry("gen_ai.response.finish_reasons", List.of("length"))
          .doesNotContainKey("error.type");
      assertThat(answer.attributes().get("gen_ai.usage.input_tokens"))
          .isInstanceOfSatisfying(Long.class, tokens -> assertThat(tokens).isGreaterThan(5));
      assertThat(reply).contains("\"length\"");
    }
    OtlpSink.Span exchange = traces.await(span -> span.parent().equals("b7ad6b7169203331"));
    assertThat(exchange.trace()).isEqualTo(trace);
    assertThat(exchange.name()).isEqualTo("POST /v1/chat/completions");
    assertThat(traces.spans()).noneMatch(span -> span.name().contains("/metrics"));
    assertThat(traces.everything()).contains("gen_ai").doesNotContain("secret");
  }

  private static String traced(String path, String body, String id, String traceParent)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(server.address().resolve(path))
            .header("content-type", "application/json")
            .header("x-request-id", id)
            .header("traceparent", traceParent)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
  }

  /** A bucket keeps its exemplar for some seconds: the first is that of a length of its own. */
  @Test
  void histogramsHaveTheTracesOfTheirRequestsAsExemplars() throws Exception {
    String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    String body = "{\"prompt\":[5],\"max_tokens\":333,\"ignore_eos\":true}";
    String reply = traced(COMPLETIONS, body, "long", "00-%s-00f067aa0ba902b7-01".formatted(trace));
    assertThat(reply).contains("\"length\"");

    HttpRequest scrape =
        HttpRequest.newBuilder(server.address().resolve("/metrics"))
            .header("accept", "application/openmetrics-text")
            .build();
    List<String> exemplars;
    try (HttpClient client = HttpClient.newHttpClient()) {
      exemplars =
          client
              .send(scrape, HttpResponse.BodyHandlers.ofLines())
              .body()
              .filter(line -> line.contains("_bucket{") && line.contains(" # {"))
              .toList();
    }
    assertThat(exemplars)
        .filteredOn(line -> line.startsWith("vllm:request_generation_tokens_bucket{"))
        .anyMatch(line ->
            line.matches(
                ".*le=\"500.0\".* # \\{span_id=\"[0-9a-f]{16}\",trace_id=\"%s\"} 333.0 .*"
                    .formatted(trace)));
    for (String name :
        List.of(
            "vllm:time_to_first_token_seconds",
            "vllm:inter_token_latency_seconds",
            "vllm:e2e_request_latency_seconds",
            "gen_ai_server_request_duration_seconds")) {
      assertThat(exemplars)
          .filteredOn(line -> line.startsWith(name + "_bucket{"))
          .as(name)
          .isNotEmpty()
          .allMatch(line -> line.matches(".*trace_id=\"(?!0{32})[0-9a-f]{32}\".*"));
    }
  }

  @Test
  void theDashboardUsesOnlyWhatThereIs() throws Exception {
    JsonNode dashboard = JSON.readTree(Files.readString(Path.of("docs/dashboards/whit.json")));
    List<String> expressions = dashboard.findValuesAsText("expr");
    dashboard
        .path("templating")
        .path("list")
        .forEach(variable -> {
          String query = variable.path("query").path("query").asText();
          if (!query.isEmpty()) { // label_values(metric, label)
            expressions.add(query.replaceAll("label_values\\((.*), (.*)\\)", "count by ($2) ($1)"));
          }
        });
    assertThat(dashboard.findValues("gridPos")).hasSizeGreaterThan(30);
    assertExists(expressions);
  }

  @Test
  void theAlertsUseOnlyWhatThereIs() throws Exception {
    Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
    JsonNode alerts = JSON.valueToTree(yaml.load(Files.readString(Path.of("docs/alerts.yaml"))));
    List<String> expressions = new ArrayList<>();
    for (JsonNode rule : alerts.path("groups").path(0).path("rules")) {
      assertThat(rule.path("alert").asText()).startsWith("Whit");
      assertThat(rule.path("labels").path("severity").asText()).matches("warning|critical");
      assertThat(rule.path("annotations").path("summary").asText()).isNotBlank();
      expressions.add(rule.path("expr").asText());
    }
    assertExists(expressions);
  }

  /** Names, labels, and of our own meters, all of which are there at once, values of labels. */
  private static void assertExists(List<String> expressions) {
    complete("5", ",\"max_tokens\":1");
    ScrapedMetrics now = scrape();
    assertThat(expressions).hasSizeGreaterThan(10);
    for (String expression : expressions) {
      PromQl query = PromQl.parse(expression);
      assertThat(query.selectors()).as(expression).isNotEmpty();
      for (PromQl.Selector selector : query.selectors()) {
        String name = selector.name();
        if (OF_PROMETHEUS.contains(name)) {
          continue;
        }
        assertThat(now.find(name)).as("%s in %s", name, expression).isNotEmpty();
        assertThat(union(now.labelNames(name)))
            .as("labels of %s in %s", name, expression)
            .containsAll(selector.matchers().keySet())
            .containsAll(query.grouping());
        selector
            .matchers()
            .forEach((label, value) -> {
              if (name.matches("(vllm:|whit_).*") && value.matches("=[a-z_]+")) {
                assertThat(now.find(name, label, value.substring(1))).as(expression).isNotEmpty();
              }
            });
      }
    }
  }

  private static Set<String> union(Set<String> labels) {
    Set<String> all = new HashSet<>(labels);
    all.addAll(TARGET_LABELS);
    return all;
  }
}
