package dev.whit.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server with keys writes, as JSON and with all that it has to say. */
class LogIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ADMIN_KEY = "k-admin-of-16-characters";
  private static final String DEMO = "demo=" + ServerProcess.DEMO.resolve("nanoquant");

  @TempDir private Path directory;

  @Test
  void isJsonWithoutKeysAndPrompts() throws Exception {
    Path file = Files.writeString(directory.resolve("keys"), "k-from-file\n");
    ServerProcess.Exit exit;
    try (ServerProcess server =
        ServerProcess.serve(
            Map.of(
                "WHIT_API_KEYS",
                "k-from-environment,k-other",
                "WHIT_ADMIN_KEY",
                ADMIN_KEY,
                "QUARKUS_LOG_LEVEL",
                "DEBUG",
                "QUARKUS_LOG_CATEGORY__DEV_WHIT__LEVEL",
                "DEBUG"),
            "--model",
            DEMO,
            "--api-key-file",
            file.toString(),
            "--log-json")) {
      for (String key : List.of("k-from-file", "k-from-environment", "k-other", "k-wrong")) {
        int due = key.equals("k-wrong") ? 401 : 200;
        assertThat(complete(server, key, "p-secret")).startsWith("HTTP/1.1 " + due);
      }
      whatIsRefused(server);
      whatAdministratorsDo(server);
      Files.writeString(file, "k-next\n");
      awaitTaken(server, "k-next");
      assertThat(complete(server, "k-from-file", "p-secret")).startsWith("HTTP/1.1 401");
      Files.writeString(file, "k bad\n");
      ServerProcess.sleep(Duration.ofMillis(1100));
      assertThat(complete(server, "k-next", "p-secret")).startsWith("HTTP/1.1 200");
      server.terminate();
      exit = server.awaitExit();
    }

    assertThat(exit.out() + exit.errorLines())
        .doesNotContain("k-from", "k-other", "k-wrong", "k-next", "k bad", "p-secret", "k-admin")
        .contains("cannot be read, the keys stay as they are: line 1:");
    List<String> lines = exit.out().lines().toList();
    assertThat(lines).hasSizeGreaterThan(7);
    JsonNode access = null;
    for (String line : lines) {
      JsonNode json = JSON.readTree(line);
      assertThat(json.path("message").isTextual()).as(line).isTrue();
      if (json.path("loggerName").asText().equals("dev.whit.access")
          && json.path("mdc").path("status").asText().equals("200")) {
        access = json.path("mdc");
      }
    }
    assertThat(access).isNotNull();
    assertThat(access.path("model").asText()).isEqualTo("demo");
    assertThat(access.path("completion_tokens").asText()).isEqualTo("3");
    assertThat(access.path("ttft_ms").asDouble()).isPositive();
  }

  /** Errors name fields, limits and values to the client, and to nobody else. */
  private static void whatIsRefused(ServerProcess server) {
    for (String body :
        List.of(
            "{\"prompt\":{\"p-secret\":1}}",
            "{\"prompt\":\"p-secret\",\"temperature\":\"p-secret\"}",
            "{\"prompt\":\"p-secret",
            "{\"model\":\"p-secret\",\"prompt\":\"p-secret\"}",
            "{\"prompt\":\"p-secret\",\"response_format\":{\"type\":\"json_schema\","
                + "\"json_schema\":{\"name\":\"p-secret\",\"schema\":{\"not\":{}}}}}")) {
      assertThat(post(server, "/v1/completions", "k-other", body)).startsWith("HTTP/1.1 40");
    }
    String tokenized = post(server, "/tokenize", "k-other", "{\"prompt\":\"p-secret\"}");
    assertThat(tokenized).startsWith("HTTP/1.1 200");
    assertThat(post(server, "/v1/models?key=k-other", "k-other", "{}")).startsWith("HTTP/1.1 405");
  }

  private static void whatAdministratorsDo(ServerProcess server) {
    String order = "{\"name\":\"late\",\"path\":\"/nowhere\"}";
    assertThat(post(server, "/admin/models", ADMIN_KEY, order)).startsWith("HTTP/1.1 400");
    assertThat(post(server, "/admin/models", "k-admin-wrong", order)).startsWith("HTTP/1.1 401");
    assertThat(post(server, "/admin/models", ADMIN_KEY, "{\"name\":1}")).startsWith("HTTP/1.1 400");
  }

  private static void awaitTaken(ServerProcess server, String key) {
    for (int i = 0; i < 100; i++) {
      if (complete(server, key, "a").startsWith("HTTP/1.1 200")) {
        return;
      }
      ServerProcess.sleep(Duration.ofMillis(100));
    }
    throw new AssertionError("the file's new key is not taken");
  }

  private static String complete(ServerProcess server, String key, String prompt) {
    String body = "{\"prompt\":\"%s\",\"max_tokens\":3,\"ignore_eos\":true}".formatted(prompt);
    return post(server, "/v1/completions", key, body);
  }

  private static String post(ServerProcess server, String path, String key, String body) {
    return server.exchange(
        """
        POST %s HTTP/1.1
        Host: localhost
        Connection: close
        Authorization: Bearer %s
        Content-Type: application/json
        Content-Length: %d

        %s\
        """
            .formatted(path, key, body.length(), body)
            .replace("\n", "\r\n"));
  }
}
