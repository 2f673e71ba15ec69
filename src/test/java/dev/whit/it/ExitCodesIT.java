package dev.whit.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whit.it.ServerProcess.Exit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the program says and how it exits when it is used wrongly. */
class ExitCodesIT {
  @TempDir private Path directory;

  @Test
  void aModelThatIsNotThereIsOneLineAndCode3() {
    assertRefused(serve("--model", "x=/nonexistent"), 3, "/nonexistent: no such file");
  }

  @Test
  void aDirectoryOfAnotherKindIsOneLineAndCode3() {
    assertRefused(serve("--model", "x=" + directory), 3, directory + "/config.json: not found");
  }

  @Test
  void aTruncatedFileIsOneLineAndCode3() throws IOException {
    Path model = copyOfDemo();
    Path weights = model.resolve("model.safetensors");
    Files.write(weights, Arrays.copyOf(Files.readAllBytes(weights), 300_000));

    assertRefused(serve("--model", "x=" + model), 3, "truncated");
  }

  @Test
  void aTokenizerThatIsNotThereIsOneLineAndCode3() throws IOException {
    Path model = copyOfDemo();
    Files.delete(model.resolve("tokenizer.json"));

    assertRefused(serve("--model", "x=" + model), 3, "tokenizer.json");
  }

  @Test
  void aChatTemplateThatIsNotThereIsOneLineAndCode3() {
    assertRefused(serve("--chat-template", "/nonexistent"), 3, "/nonexistent: no such file");
  }

  @Test
  void modelsThatDoNotFitTheMemoryAreOneLineAndCode3() {
    assertRefused(serve("--memory", "3MB"), 3, "does not fit: its weights take 3.");
  }

  @Test
  void aPortInUseIsOneLineAndCode1() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());

      assertRefused(
          ServerProcess.run(Map.of(), "serve", "--port", port), 1, "cannot listen on 127.0.0.1:");
    }
  }

  @Test
  void wrongUsageIsCode2() throws IOException {
    assertUsage(ServerProcess.run(Map.of(), "srve"), "serve");
    assertUsage(serve("--port", "x"), "--port");
    assertUsage(serve("--port", "70000"), "70000");
    assertUsage(serve("--device", "cuda"), "cuda");
    assertUsage(serve("--kv-cache", "f64"), "f64");
    assertUsage(serve("--memory", "8X"), "8X: not a size in bytes");
    assertUsage(serve("--model", "x"), "NAME=TARGET");
    assertUsage(serve("--config", "/nonexistent"), "/nonexistent");
    assertUsage(ServerProcess.run(Map.of("WHIT_MAX_SEQS", "many"), "serve"), "many");
    Path unknown = Files.writeString(directory.resolve("a.yaml"), "whit:\n  prot: 1\n");
    assertUsage(serve("--config", unknown.toString()), "whit.prot");
  }

  @Test
  void helpAndVersionAreCode0() {
    assertThat(ServerProcess.run(Map.of()).out()).contains("serve", "inspect", "Exit codes");
    assertThat(ServerProcess.run(Map.of(), "serve", "--help").out()).contains("--model", "Default");
    Exit version = ServerProcess.run(Map.of(), "--version");
    assertThat(version.out()).startsWith("whit ");
    assertThat(version.code()).isZero();
  }

  @Test
  void inspectTellsWhatTheDemoIs() {
    Exit text = ServerProcess.run(Map.of(), "inspect", demo().toString());
    Exit json = ServerProcess.run(Map.of(), "inspect", demo().toString(), "--json");
    Exit card =
        ServerProcess.run(
            Map.of(), "inspect", demo().toString(), "--card", "700MiB", "--kv-cache", "int8");
    Exit missing = ServerProcess.run(Map.of(), "inspect", "/nonexistent");

    assertThat(text.code()).isZero();
    assertThat(text.out())
        .contains("littlebit", "rank 104 + 104", "0.8727", "Memory plan")
        .contains("3,168 bytes per token (f16)");
    assertThat(json.out()).contains("\"bits_per_weight\" : 0.8727", "\"bytes_per_token\" : 3168");
    assertThat(card.out()).contains("card of 700.0 MiB", "of 60.0 MiB free", "1024 tokens");
    assertRefused(missing, 3, "/nonexistent");
  }

  private static Exit serve(String... arguments) {
    String[] all = new String[arguments.length + 3];
    all[0] = "serve";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    all[all.length - 2] = "--host";
    all[all.length - 1] = "127.0.0.1";
    return ServerProcess.run(Map.of("WHIT_PORT", Integer.toString(ServerProcess.freePort())), all);
  }

  private static void assertRefused(Exit exit, int code, String reason) {
    assertThat(exit.code()).as("%s", exit).isEqualTo(code);
    assertThat(exit.errorLines()).singleElement().asString().startsWith("whit: ").contains(reason);
  }

  private static void assertUsage(Exit exit, String reason) {
    assertThat(exit.code()).as("%s", exit).isEqualTo(2);
    assertThat(exit.err()).contains(reason).doesNotContain("\tat ");
  }

  private static Path demo() {
    return ServerProcess.DEMO.resolve("littlebit");
  }

  private Path copyOfDemo() throws IOException {
    Path copy = Files.createDirectory(directory.resolve("model"));
    try (var files = Files.list(demo())) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName().toString()));
      }
    }
    return copy;
  }
}
