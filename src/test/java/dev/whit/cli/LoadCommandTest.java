package dev.whit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whit.app.ExitCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class LoadCommandTest {
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    CommandLine command = Main.commandLine();
    command.setErr(new PrintWriter(err));
    return command.execute(arguments);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--requests=0      | --requests must be from 1 to 10000000, is 0",
        "--rate=0          | --rate must be from 0.001 to 10000, is 0",
        "--rate=NaN        | --rate must be from 0.001 to 10000, is NaN",
        "--shared-prefix=2 | --shared-prefix must be from 0 to 1, is 2",
        "--prompt=0        | --prompt: a number of tokens must be from 1",
        "--output=9:x      | --output: must be N or MIN:MAX tokens, not 9:x",
        "--slo=itl=5       | --slo must be of ttft, tpot or e2e, not itl",
        "--field=a={       | --field a: not JSON: {",
      })
  void aWrongOptionIsNamedWithItsLimits(String option, String message) {
    assertThat(run("load", "http://127.0.0.1:1", "--model", "m", option)).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains(message);
  }

  @Test
  void anAddressWithoutAHostIsRefused() {
    assertThat(run("load", "localhost:8080")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("URL must be http://HOST:PORT");
  }

  @Test
  void aClosedAndAnOpenLoopAtOnceAreRefused() {
    assertThat(run("load", "http://127.0.0.1:1", "--rate", "1", "--concurrency", "1"))
        .isEqualTo(ExitCode.USAGE);
  }

  @Test
  void aServerThatIsNotThereIsToldInOneLine() {
    assertThat(run("load", "http://127.0.0.1:1")).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString())
        .startsWith("whit: cannot connect to http://127.0.0.1:1")
        .hasLineCount(1);
  }
}
