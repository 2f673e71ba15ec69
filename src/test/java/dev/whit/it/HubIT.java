package dev.whit.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whit.hub.StubHub;
import dev.whit.it.ServerProcess.Exit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that come from a Hub. */
class HubIT {
  @TempDir Path cache;
  private StubHub stub;
  private Map<String, String> environment;

  @BeforeEach
  void publish() throws IOException {
    stub = new StubHub();
    for (String name :
        List.of("config.json", "tokenizer.json", "tokenizer_config.json", "quantized.pt")) {
      Path file = ServerProcess.DEMO.resolve("nanoquant").resolve(name);
      if (Files.exists(file)) {
        stub.files.put(name, Files.readAllBytes(file));
      }
    }
    stub.large.add("quantized.pt");
    environment =
        Map.of("HF_ENDPOINT", stub.endpoint().toString(), "HF_HUB_CACHE", cache.toString());
  }

  @AfterEach
  void stop() {
    stub.close();
  }

  @Test
  void aModelIsFetchedListedServedAndRemoved() {
    Exit pull = ServerProcess.run(environment, "pull", "org/name");
    assertThat(pull.code()).as("%s", pull).isZero();
    Path snapshot = Path.of(pull.out().strip());
    assertThat(snapshot.resolve("quantized.pt")).exists();
    assertThat(pull.err()).contains("org/name: ", "100 %");

    assertThat(ServerProcess.run(environment, "list").out())
        .contains("org/name", snapshot.toString());

    try (ServerProcess server =
        ServerProcess.serve(environment, "--model", "x=hf:org/name", "--ctx-size", "64")) {
      assertThat(
              server
                  .post("/v1/completions", "{\"prompt\": \"The old\", \"max_tokens\": 3}")
                  .statusCode())
          .isEqualTo(200);
    }

    assertThat(ServerProcess.run(environment, "rm", "org/name").out()).contains("removed org/name");
    assertThat(snapshot).doesNotExist();
    Exit again = ServerProcess.run(environment, "rm", "org/name");
    assertThat(again.code()).isEqualTo(1);
    assertThat(again.errorLines()).containsExactly("whit: no org/name in " + cache);
  }

  @Test
  void whatCannotBeHadIsOneLineAndCode1() {
    Exit pull = ServerProcess.run(environment, "pull", "org/none");
    assertThat(pull.code()).isEqualTo(1);
    assertThat(pull.errorLines()).singleElement().asString().contains("not found");
    Exit serve = ServerProcess.run(environment, "serve", "--port", "0", "--model", "x=hf:org/none");
    assertThat(serve.code()).isEqualTo(1);
    assertThat(serve.errorLines()).last().asString().contains("not found");
    assertThat(ServerProcess.run(environment, "pull", "none").code()).isEqualTo(2);
  }
}
