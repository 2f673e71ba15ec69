package dev.whit.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** SIGTERM while a reply is being streamed. */
class ShutdownIT {
  private static final String DEMO = "demo=" + ServerProcess.DEMO.resolve("nanoquant");

  @Test
  void aRunningStreamIsFinishedNewRequestsAreRefusedAndTheCodeIs0() {
    try (ServerProcess server = ServerProcess.serve("--model", DEMO, "--drain", "60");
        Stream<String> reply = server.stream("/v1/completions", request(300))) {
      Iterator<String> lines = reply.iterator();
      assertThat(lines.next()).startsWith("data: ");

      server.terminate();

      List<String> rest =
          StreamSupport.stream(((Iterable<String>) () -> lines).spliterator(), false)
              .filter(line -> !line.isEmpty())
              .toList();
      assertThat(rest).hasSizeGreaterThan(10).last().isEqualTo("data: [DONE]");
      assertThat(String.join("", rest)).contains("\"finish_reason\":\"length\"");
      assertThat(server.awaitExit().code()).isZero();
    }
  }

  @Test
  void whatDoesNotFinishInTimeEndsWithAnErrorEventAndTheCodeIs0() {
    try (ServerProcess server = ServerProcess.serve("--model", DEMO, "--drain", "0");
        Stream<String> reply = server.stream("/v1/completions", request(1000))) {
      Iterator<String> lines = reply.iterator();
      assertThat(lines.next()).startsWith("data: ");

      server.terminate();

      List<String> rest =
          StreamSupport.stream(((Iterable<String>) () -> lines).spliterator(), false)
              .filter(line -> !line.isEmpty())
              .toList();
      assertThat(rest).last().isEqualTo("data: [DONE]");
      assertThat(rest.get(rest.size() - 2)).startsWith("data: {\"error\":");
      assertThat(server.awaitExit().code()).isZero();
    }
  }

  @Test
  void anIdleServerStopsWithCode0() {
    try (ServerProcess server = ServerProcess.serve("--model", DEMO)) {
      server.terminate();

      ServerProcess.Exit exit = server.awaitExit();
      assertThat(exit.code()).isZero();
      assertThat(exit.errorLines()).isEmpty();
    }
  }

  private static String request(int tokens) {
    return """
    {"prompt":"The old house stood","max_tokens":%d,"stream":true,"ignore_eos":true}\
    """
        .formatted(tokens);
  }
}
