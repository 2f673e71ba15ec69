package dev.whit.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HubRepoTest {
  @Test
  void readsNameFileAndRevision() {
    assertThat(HubRepo.parse("org/name"))
        .isEqualTo(new HubRepo("org/name", Optional.empty(), "main"));
    assertThat(HubRepo.parse("Org-1/a_b.c-0.6B/x-Q8_0.gguf@refs/pr/1"))
        .isEqualTo(new HubRepo("Org-1/a_b.c-0.6B", Optional.of("x-Q8_0.gguf"), "refs/pr/1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "name",
        "/name",
        "org/",
        "org/name/",
        "org/name/a/b",
        "../name",
        "org/..",
        "org/na--me",
        "org/name@",
        "org/name@../x",
        "org/name@a b",
        "org/name/../x",
        "org/name?x",
        "https://huggingface.co/org/name"
      })
  void refusesWhatIsNone(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> HubRepo.parse(text));
  }

  @Test
  void settingsFollowPythonsVariables(@TempDir Path home) throws IOException {
    Files.writeString(home.resolve("token"), "hf_file\n");
    HubSettings plain = HubSettings.of(Map.of("HF_HOME", home.toString()));
    assertThat(plain)
        .isEqualTo(
            new HubSettings(
                URI.create("https://huggingface.co"),
                home.resolve("hub"),
                Optional.of("hf_file"),
                false));
    HubSettings given =
        HubSettings.of(
            Map.of(
                "HF_HOME", home.toString(),
                "HF_HUB_CACHE", "/cache",
                "HF_TOKEN", " hf_given ",
                "HF_ENDPOINT", "http://hub.local:8080/",
                "HF_HUB_OFFLINE", "1"));
    assertThat(given)
        .isEqualTo(
            new HubSettings(
                URI.create("http://hub.local:8080"),
                Path.of("/cache"),
                Optional.of("hf_given"),
                true));
    assertThat(given.toString()).doesNotContain("hf_given");
    assertThat(HubSettings.of(Map.of("XDG_CACHE_HOME", "/xdg")).cache())
        .isEqualTo(Path.of("/xdg/huggingface/hub"));
    assertThatThrownBy(() -> HubSettings.of(Map.of("HF_ENDPOINT", "hub.local")))
        .isInstanceOf(HubException.class)
        .hasMessageContaining("HF_ENDPOINT is hub.local");
  }
}
