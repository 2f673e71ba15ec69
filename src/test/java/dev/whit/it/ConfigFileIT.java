package dev.whit.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings from a YAML file, with one of them overruled on the command line. */
class ConfigFileIT {
  @TempDir private Path directory;

  @Test
  void theFileIsReadAndTheCommandLineWins() throws IOException {
    Path file = directory.resolve("whit.yaml");
    // The .pt elsewhere than its config and tokenizer.
    Path packed =
        Files.copy(
            ServerProcess.DEMO.resolve("nanoquant/quantized.pt"), directory.resolve("packed.pt"));
    Files.writeString(
        file,
        """
        whit:
          port: 1
          max-seqs: 3
          kv-cache: f32
          model:
            - packed=%s,base=%s,ctx=256
            - plain=%s
        """
            .formatted(
                packed,
                ServerProcess.DEMO.resolve("fp16").toAbsolutePath(),
                ServerProcess.DEMO.resolve("fp16").toAbsolutePath()));

    try (ServerProcess server = ServerProcess.serve("--config", file.toString())) {
      assertThat(server.get("/v1/models").body())
          .contains("\"id\":\"packed\"", "\"id\":\"plain\"", "\"max_context\":256");
      // 3 sequences of 256 tokens in blocks of 16, and of 1024; 4 bytes an element.
      assertThat(server.metric("whit_kv_cache_bytes", "model_name=\"packed\""))
          .isEqualTo(3 * 256 * 6 * 2 * 2 * 64 * 4.0);
      assertThat(server.metric("vllm:cache_config_info", "num_gpu_blocks=\"192\"")).isEqualTo(1);
    }
  }
}
