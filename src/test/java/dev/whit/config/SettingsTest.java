package dev.whit.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whit.kernel.KvType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
  @TempDir private Path directory;

  @Test
  void hasDefaults() {
    WhitConfig values = read(Map.of()).values();

    assertThat(values.host()).isEqualTo("127.0.0.1");
    assertThat(values.port()).isEqualTo(8080);
    assertThat(values.kvCache()).isEqualTo(KvType.F16);
    assertThat(values.drain()).isEqualTo(Duration.ofSeconds(30));
    assertThat(values.model()).isEmpty();
  }

  @Test
  void readsAFileThatTheCommandLineOverrules() throws IOException {
    Path file =
        yaml(
            """
            whit:
              port: 9000
              max-seqs: 5
              drain: 2m
              model: [a=/x, "b=/y,base=/z", c=/c]
            """);

    Settings settings =
        Settings.read(
            Map.of("whit.port", "9001", "whit.model", Settings.joined(List.of("q=/x,ctx=3"))),
            Map.of(),
            Optional.of(file));

    assertThat(settings.values().port()).isEqualTo(9001);
    assertThat(settings.values().maxSeqs()).isEqualTo(5);
    assertThat(settings.values().drain()).isEqualTo(Duration.ofMinutes(2));
    assertThat(settings.values().model()).contains(List.of("q=/x,ctx=3"));
  }

  @Test
  void publishesWhatItResolved() throws IOException {
    Path file = yaml("whit: {port: 9000, model: [a=/x, 'b=/y,ctx=3']}");

    Map<String, String> properties =
        Settings.read(Map.of(), Map.of(), Optional.of(file)).properties();

    assertThat(properties)
        .containsEntry("whit.port", "9000")
        .containsEntry("whit.model", "a=/x,b=/y\\,ctx=3");
  }

  @Test
  void readsTheEnvironmentBetweenCommandLineAndFile() throws IOException {
    Path file = yaml("whit: {port: 9000, ctx-size: 100, threads: 1}");

    WhitConfig values =
        Settings.read(
                Map.of("whit.threads", "3"),
                Map.of(
                    "WHIT_MODEL", "a=/x,ctx=5,b=/y",
                    "WHIT_CTX_SIZE", "200",
                    "WHIT_THREADS", "2",
                    "WHIT_HTTP_MAX_BODY", "1M",
                    "WHIT_JAVA_OPTS", "-Xmx1g"),
                Optional.of(file))
            .values();

    assertThat(values.model()).contains(List.of("a=/x", "ctx=5", "b=/y"));
    assertThat(values.port()).isEqualTo(9000);
    assertThat(values.ctxSize()).contains(200);
    assertThat(values.threads()).isEqualTo(3);
    assertThat(values.http().maxBody().bytes()).isEqualTo(1 << 20);
  }

  @Test
  void takesDurationsInSecondsAndKvTypesInLowerCase() {
    WhitConfig values = read(Map.of("whit.drain", "10", "whit.kv-cache", "f32")).values();

    assertThat(values.drain()).isEqualTo(Duration.ofSeconds(10));
    assertThat(values.kvCache()).isEqualTo(KvType.F32);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "whit.port | abc | whit.port is abc",
        "whit.port | 70000 | whit.port is 70000, must be 0 to 65535",
        "whit.max-seqs | 0 | whit.max-seqs is 0, must be 1 to 4096",
        "whit.max-queue-tokens | 0 | whit.max-queue-tokens is 0, must be 1 to 2147483647",
        "whit.deadline | -1 | whit.deadline must be positive, is PT-1S",
        "whit.admin-key | secret | whit.admin-key must have at least 16 characters",
        "whit.threads | -1 | whit.threads is -1, must be 0 to 1024",
        "whit.ctx-size | 0 | whit.ctx-size is 0",
        "whit.kv-cache | f64 | whit.kv-cache is f64",
        "whit.memory | 8X | whit.memory is 8X: not a size in bytes such as 8GiB",
        "whit.http.max-body | 2G | whit.http.max-body is 2147483648, must be 1 to 1073741824",
        "whit.drain | -1s | whit.drain is negative",
        "whit.model | x | model x: expected NAME=TARGET",
        "whit.prot | 1 | unknown setting whit.prot in"
      })
  void refuses(String key, String value, String message) {
    assertThatThrownBy(() -> read(Map.of(key, value)))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("SRCFG");
  }

  @Test
  void refusesAFileThatIsMissingOrNoYaml() throws IOException {
    Path broken = yaml("whit: {port: 1");

    assertThatThrownBy(
            () -> Settings.read(Map.of(), Map.of(), Optional.of(directory.resolve("none"))))
        .hasMessageContaining("none: no such file");
    assertThatThrownBy(() -> Settings.read(Map.of(), Map.of(), Optional.of(broken)))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("not YAML");
  }

  @ParameterizedTest
  @ValueSource(strings = {"port: 9000", "just text", "[1, 2]", "", "# whit:"})
  void refusesAFileThatSetsNothing(String text) throws IOException {
    Path file = yaml(text);

    assertThatThrownBy(() -> Settings.read(Map.of(), Map.of(), Optional.of(file)))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("whit.yaml: has no setting under whit:");
  }

  private static Settings read(Map<String, String> commandLine) {
    return Settings.read(commandLine, Map.of(), Optional.empty());
  }

  private Path yaml(String text) throws IOException {
    return Files.writeString(directory.resolve("whit.yaml"), text);
  }
}
