package dev.whit.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings from a YAML file, one of them overruled on the command line; and the framework's. */
class ConfigFileIT {
  private static final String PASSWORD = "for-this-test";

  @TempDir private Path directory;

  /** By the framework's settings, beside the plain port. */
  @Test
  void servesOverTls() throws Exception {
    Path store = selfSigned(directory.resolve("tls.p12"));
    int port = ServerProcess.freePort();
    Map<String, String> settings =
        Map.of(
            "QUARKUS_HTTP_SSL_CERTIFICATE_KEY_STORE_FILE",
            store.toString(),
            "QUARKUS_HTTP_SSL_CERTIFICATE_KEY_STORE_PASSWORD",
            PASSWORD,
            "QUARKUS_HTTP_SSL_PORT",
            Integer.toString(port));
    String model = "demo=" + ServerProcess.DEMO.resolve("nanoquant");
    try (ServerProcess server = ServerProcess.serve(settings, "--model", model);
        HttpClient client = HttpClient.newBuilder().sslContext(trusting(store)).build()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("https://localhost:%d/v1/completions".formatted(port)))
              .header("content-type", "application/json")
              .POST(
                  HttpRequest.BodyPublishers.ofString(
                      "{\"prompt\":\"a\",\"max_tokens\":3,\"stream\":true}"))
              .build();
      var reply = client.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(reply.statusCode()).isEqualTo(200);
      assertThat(reply.sslSession()).isPresent();
      assertThat(reply.body()).endsWith("data: [DONE]\n\n");
      assertThat(server.get("/version").statusCode()).isEqualTo(200);
    }
  }

  private static Path selfSigned(Path store) throws Exception {
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "whit",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .start();
    String printed = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor()).as(printed).isZero();
    return store;
  }

  private static SSLContext trusting(Path store) throws Exception {
    KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(keys);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

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
