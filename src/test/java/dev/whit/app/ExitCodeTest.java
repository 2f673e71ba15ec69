package dev.whit.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whit.checkpoint.CheckpointException;
import dev.whit.config.InvalidSettingException;
import dev.whit.tokenizer.TokenizerException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ExitCodeTest {
  private static final Path FILE = Path.of("f");

  @Test
  void filesThatCannotBeUsedAre3() {
    assertThat(ExitCode.of(CheckpointException.file(FILE, "truncated"))).isEqualTo(3);
    assertThat(ExitCode.of(new TokenizerException(FILE, "not JSON"))).isEqualTo(3);
    assertThat(ExitCode.of(new BadFileException(FILE, "no such file"))).isEqualTo(3);
  }

  @Test
  void settingsAre2AndTheRestIs1() {
    assertThat(ExitCode.of(new InvalidSettingException("whit.port"))).isEqualTo(2);
    assertThat(ExitCode.of(new IllegalStateException("broken"))).isEqualTo(1);
  }
}
