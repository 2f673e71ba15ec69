package dev.whit.rest.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {
  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = Files.writeString(directory.resolve("keys"), "# ours\n\none\r\n  two  \n");
  }

  private ApiKeys keys(Duration checkInterval) {
    return new ApiKeys(List.of(), new KeyFile(file, checkInterval));
  }

  @Test
  void hasAKeyOnEachLine() {
    ApiKeys keys = keys(Duration.ofDays(1));

    assertThat(keys.required()).isTrue();
    assertThat(keys.caller("one")).isPresent();
    assertThat(keys.caller("two")).isPresent().isNotEqualTo(keys.caller("one"));
    assertThat(keys.caller("# ours")).isEmpty();
    assertThat(keys.caller("")).isEmpty();
    assertThat(keys.caller("one\n")).isEmpty();
  }

  @Test
  void isReadAgainWhenItHasChanged() throws IOException {
    ApiKeys keys = keys(Duration.ZERO);
    assertThat(keys.caller("three")).isEmpty();

    Files.writeString(file, "three, which is no key\n");
    assertThat(keys.caller("one")).as("a file that is wrong leaves the keys").isPresent();

    // As editors and Kubernetes do: another file takes the name.
    Path next = Files.writeString(directory.resolve("next"), "three\n");
    Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    assertThat(keys.caller("three")).isPresent();
    assertThat(keys.caller("one")).isEmpty();

    Files.delete(file);
    assertThat(keys.caller("three")).as("a file that is gone leaves the keys").isPresent();
  }

  @Test
  void isNotLookedAtBeforeTheIntervalIsOver() throws IOException {
    ApiKeys keys = keys(Duration.ofDays(1));
    Files.writeString(file, "three\n");

    assertThat(keys.caller("three")).isEmpty();
    assertThat(keys.caller("one")).isPresent();
  }

  @Test
  void withoutKeysLetsNobodyIn() throws IOException {
    Files.writeString(file, "# none yet\n");
    ApiKeys keys = keys(Duration.ZERO);

    assertThat(keys.required()).isTrue();
    assertThat(keys.caller("one")).isEmpty();
  }

  @Test
  void aBadLineIsNamedByItsNumberAndNotShown() throws IOException {
    Files.writeString(file, "one\n\nse cret\n");

    assertThatThrownBy(() -> new KeyFile(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("line 3: ")
        .hasMessageNotContaining("cret");
  }

  @Test
  void aFileThatIsTooLargeOrNoTextIsRefused() throws IOException {
    Files.write(file, new byte[(1 << 20) + 1]);
    assertThatThrownBy(() -> new KeyFile(file)).hasMessageContaining("1048577 bytes");

    Files.write(file, new byte[] {(byte) 0xff});
    assertThatThrownBy(() -> new KeyFile(file)).hasMessageContaining("UTF-8");
  }

  @Test
  void aFileThatIsNotThereIsRefused() {
    assertThatThrownBy(() -> new KeyFile(directory.resolve("absent")))
        .isInstanceOf(UncheckedIOException.class);
  }
}
