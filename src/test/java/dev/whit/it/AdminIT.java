package dev.whit.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Models that come and go while the server runs. */
class AdminIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String KEY = "a-key-of-the-administrator";
  private static final String DEMO = "demo=" + ServerProcess.DEMO.resolve("nanoquant");

  private static HttpResponse<String> admin(
      ServerProcess server, String method, String path, @Nullable String key, String body)
      throws Exception {
    URI target = server.address().resolve(path);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(target)
            .header("content-type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (key != null) {
      request.header("authorization", "Bearer " + key);
    }
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  private static JsonNode error(HttpResponse<String> reply) throws Exception {
    return JSON.readTree(reply.body()).path("error");
  }

  private static String completion(String model, int tokens) {
    return """
    {"model":"%s","prompt":"The old house stood","max_tokens":%d,"stream":true,"ignore_eos":true}\
    """
        .formatted(model, tokens);
  }

  @Test
  void withoutAKeyThereIsNothingToAdministrate() throws Exception {
    try (ServerProcess server = ServerProcess.serve("--model", DEMO)) {
      for (String method : List.of("GET", "POST")) {
        HttpResponse<String> reply = admin(server, method, "/admin/models", KEY, "{}");
        assertThat(reply.statusCode()).isEqualTo(404);
        assertThat(error(reply).path("code").asText()).isEqualTo("not_found");
      }
      assertThat(admin(server, "DELETE", "/admin/models/demo", null, "").statusCode())
          .isEqualTo(404);
      assertThat(server.get("/v1/models/demo").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void loadsServesDrainsAndUnloads() throws Exception {
    try (ServerProcess server =
        ServerProcess.serve(
            Map.of("WHIT_ADMIN_KEY", KEY), "--model", DEMO, "--drain", "0", "--threads", "1")) {
      for (String wrong : new String[] {null, "", KEY + "x", "another-key-altogether"}) {
        HttpResponse<String> reply = admin(server, "GET", "/admin/models", wrong, "");
        assertThat(reply.statusCode()).isEqualTo(401);
        assertThat(error(reply).path("code").asText()).isEqualTo("invalid_api_key");
        assertThat(reply.headers().firstValue("www-authenticate"))
            .contains("Bearer realm=\"whit\"");
      }
      String order =
          "{\"name\":\"late\",\"path\":\"%s\",\"ctx\":512}"
              .formatted(ServerProcess.DEMO.resolve("littlebit").toAbsolutePath());

      HttpResponse<String> loaded = admin(server, "POST", "/admin/models", KEY, order);

      assertThat(loaded.statusCode()).as(loaded.body()).isEqualTo(201);
      assertThat(JSON.readTree(loaded.body()).path("state").asText()).isEqualTo("ready");
      assertThat(JSON.readTree(loaded.body()).path("weight_bytes").asLong()).isPositive();
      assertThat(JSON.readTree(server.get("/v1/models/late").body()).path("max_context").asInt())
          .isEqualTo(512);
      assertThat(server.metric("whit_requests_accepted_total", "model_name=\"late\"")).isZero();
      assertThat(admin(server, "POST", "/admin/models", KEY, order).statusCode()).isEqualTo(409);
      HttpResponse<String> bad =
          admin(server, "POST", "/admin/models", KEY, "{\"name\":\"x\",\"path\":\"/nowhere\"}");
      assertThat(bad.statusCode()).isEqualTo(400);
      assertThat(error(bad).path("param").asText()).isEqualTo("path");
      assertThat(error(bad).path("message").asText()).contains("/nowhere: no such file");

      try (Stream<String> reply = server.stream("/v1/completions", completion("late", 480))) {
        Iterator<String> lines = reply.iterator();
        assertThat(lines.next()).startsWith("data: ");
        assertThat(admin(server, "DELETE", "/admin/models/late", KEY, "").statusCode())
            .isEqualTo(204);
        List<String> rest =
            StreamSupport.stream(((Iterable<String>) () -> lines).spliterator(), false)
                .filter(line -> !line.isEmpty())
                .toList();
        assertThat(rest).last().isEqualTo("data: [DONE]");
        assertThat(rest.get(rest.size() - 2)).contains("the model is being unloaded");
      }
      assertThat(server.post("/v1/completions", completion("late", 1)).statusCode()).isEqualTo(404);
      assertThat(server.post("/v1/completions", completion("demo", 1)).statusCode()).isEqualTo(200);
      assertThat(server.metrics("whit_requests_accepted_total", "late").count()).isZero();
      assertThat(admin(server, "DELETE", "/admin/models/late", KEY, "").statusCode())
          .isEqualTo(404);
      assertThat(admin(server, "POST", "/admin/models", KEY, order).statusCode()).isEqualTo(201);
      JsonNode models =
          JSON.readTree(admin(server, "GET", "/admin/models", KEY, "").body()).path("models");
      assertThat(models)
          .extracting(model -> model.path("name").asText())
          .containsExactly("demo", "late");
    }
  }
}
