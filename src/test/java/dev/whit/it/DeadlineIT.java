package dev.whit.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Answers that are not finished within {@code --deadline}. */
class DeadlineIT {
  private static ServerProcess server;

  @BeforeAll
  static void start() {
    server =
        ServerProcess.serve(
            "--model", "demo=" + ServerProcess.DEMO.resolve("nanoquant"), "--deadline", "3");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** More than can be done in three seconds, of which one is enough for the first tokens. */
  private static String request(boolean stream) {
    return """
    {"prompt":"The old house stood","max_tokens":1000,"n":64,"stream":%s,"ignore_eos":true}\
    """
        .formatted(stream);
  }

  @Test
  void aWholeAnswerIsA504() {
    HttpResponse<String> reply = server.post("/v1/completions", request(false));

    assertThat(reply.statusCode()).isEqualTo(504);
    assertThat(reply.body()).contains("\"code\":\"deadline_exceeded\"");
    // Each choice, though perhaps none of them has run by now.
    server.await("whit_requests_cancelled_total", "cause=\"deadline\"", 64);
    server.await("vllm:num_requests_running", "", 0);
  }

  @Test
  void aStreamEndsWithAnErrorEvent() {
    try (Stream<String> reply = server.stream("/v1/completions", request(true))) {
      List<String> lines = reply.filter(line -> !line.isEmpty()).toList();

      assertThat(lines).hasSizeGreaterThan(2).last().isEqualTo("data: [DONE]");
      assertThat(lines.get(lines.size() - 2)).contains("\"code\":\"deadline_exceeded\"");
    }
  }
}
