package dev.whit.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code whit selfcheck} as a user runs it, against the demo. */
class SelfCheckIT {
  private static ServerProcess server;

  @BeforeAll
  static void start() {
    server = ServerProcess.serve();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"demo", "demo-littlebit", "demo-fp16"})
  void everyDemoModelKeepsTheContract(String model) {
    ServerProcess.Exit exit = selfCheck("--url", server.url() + "/v1", "--model", model);

    assertThat(exit.out()).contains("0 of 19 checks failed").doesNotContain("skipped", "failed ");
    assertThat(exit.code()).isZero();
  }

  @Test
  void aModelThatIsNotServedFails() {
    ServerProcess.Exit exit = selfCheck("--url", server.url(), "--model", "none");

    assertThat(exit.out()).contains("failed  tokenize adds special tokens", "model_not_found");
    assertThat(exit.code()).isEqualTo(1);
  }

  @Test
  void aServerThatIsNotThereIsAFailure() {
    ServerProcess.Exit exit = selfCheck("--url", "http://127.0.0.1:1");

    assertThat(exit.errorLines()).containsExactly("whit: cannot connect to http://127.0.0.1:1");
    assertThat(exit.code()).isEqualTo(1);
  }

  @Test
  void anAddressThatIsNoneIsWrongUsage() {
    ServerProcess.Exit exit = selfCheck("--url", "localhost");

    assertThat(exit.err()).contains("--url localhost: expected http://HOST:PORT");
    assertThat(exit.code()).isEqualTo(2);
  }

  private static ServerProcess.Exit selfCheck(String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = "selfcheck";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return ServerProcess.run(Map.of(), all);
  }
}
