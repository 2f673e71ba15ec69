package dev.whit.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * 256 clients at once for ten seconds ({@code -Dwhit.storm.seconds=N} for more), some of which go
 * away at random: afterwards nothing is left of them. Then 256 more and SIGTERM in their middle:
 * everybody who was let in gets an answer or a reason.
 */
class StormIT {
  private static final int CLIENTS = 256;
  private static final Duration LENGTH = Duration.ofSeconds(Long.getLong("whit.storm.seconds", 10));
  private static final Duration WARM_UP = Duration.ofSeconds(4);
  private static final Duration BEFORE_SIGTERM = Duration.ofSeconds(2);
  private static final String MODEL = "model_name=\"demo\"";

  // What a JVM may take or give back by itself.
  private static final double SOME_THREADS = 8;
  private static final double SOME_FILES = 8;
  private static final double SOME_HEAP = 24 << 20;

  private static ServerProcess serve() {
    return ServerProcess.serve(
        Map.of("WHIT_MAX_QUEUE", "150"), // with the sequences that run, fewer than clients
        "--model",
        "demo=" + ServerProcess.DEMO.resolve("nanoquant"),
        "--max-seqs",
        "16",
        "--drain",
        "1");
  }

  @Test
  @Timeout(1800)
  void nothingIsLeftOfAStormAndSigtermInAnotherLeavesNobodyWithoutAnAnswer() {
    try (ServerProcess server = serve()) {
      storm(server, 1, WARM_UP);
      Footprint before = Footprint.of(server);

      Storm storm = storm(server, 2, LENGTH);

      assertThat(storm.wrongs()).isEmpty();
      assertThat(storm.noReplies()).isEmpty();
      assertThat(storm.count(Storm.End.ANSWERED)).isPositive();
      assertThat(storm.count(Storm.End.LEFT)).isPositive();
      assertThat(storm.count(Storm.End.BAD)).isPositive();
      assertThat(storm.count(Storm.End.REFUSED)).isPositive();
      assertThat(server.metric("whit_requests_rejected_total", "reason=\"queue_full\""))
          .isGreaterThanOrEqualTo(storm.count(Storm.End.REFUSED));
      Footprint after = Footprint.of(server);
      assertThat(after.threads()).isLessThanOrEqualTo(before.threads() + SOME_THREADS);
      assertThat(after.files()).isLessThanOrEqualTo(before.files() + SOME_FILES);
      assertThat(after.heap()).isLessThanOrEqualTo(before.heap() + SOME_HEAP);
      assertThat(threadDump(server)).contains("engine-demo").doesNotContain("TextStream");
      assertThat(server.metric("whit_requests_accepted_total", MODEL))
          .as("accepted = finished + cancelled + failed")
          .isEqualTo(
              DoubleStream.of(
                      ended(server, "stop"),
                      ended(server, "length"),
                      ended(server, "abort"),
                      ended(server, "error"))
                  .sum());
      assertThat(ended(server, "error")).isZero();

      sigtermInAStorm(server);
    }
  }

  private static void sigtermInAStorm(ServerProcess server) {
    try (Storm storm = new Storm(server.address(), CLIENTS, 3, false)) {
      ServerProcess.sleep(BEFORE_SIGTERM);
      server.terminate();
      ServerProcess.Exit exit = server.awaitExit();
      storm.end();

      assertThat(exit.code()).isZero();
      assertThat(storm.wrongs()).isEmpty();
      assertThat(storm.count(Storm.End.ANSWERED)).isPositive();
      assertThat(storm.count(Storm.End.SHUT_DOWN)).isPositive();
    }
  }

  /** A storm that is over, and whose last request the server has noticed the end of. */
  private static Storm storm(ServerProcess server, long seed, Duration length) {
    try (Storm storm = new Storm(server.address(), CLIENTS, seed, true)) {
      ServerProcess.sleep(length);
      storm.end();
      server.await("vllm:num_requests_running", MODEL, 0);
      server.await("vllm:num_requests_waiting", MODEL, 0);
      server.await("vllm:kv_cache_usage_perc", MODEL, 0); // no block is held
      return storm;
    }
  }

  private static double ended(ServerProcess server, String reason) {
    return server.metric("vllm:request_success_total", "finished_reason=\"" + reason + "\"");
  }

  /** All threads, virtual ones too, which other dumps leave out. */
  private static String threadDump(ServerProcess server) {
    try {
      Path file = Files.createTempFile("whit", ".threads");
      server.jcmd("Thread.dump_to_file", "-overwrite", file.toString());
      return Files.readString(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * What the process holds when it is idle.
   *
   * @param threads of the platform
   * @param files open ones, connections too; 0 where that cannot be seen
   * @param heap bytes after a collection
   */
  private record Footprint(double threads, double files, double heap) {
    static Footprint of(ServerProcess server) {
      ServerProcess.sleep(Duration.ofSeconds(1)); // connections that the clients have just closed
      server.jcmd("GC.run");
      return new Footprint(
          server.metric("jvm_threads_live_threads"),
          openFiles(server.pid()),
          server.metrics("jvm_memory_used_bytes", "area=\"heap\"").sum());
    }

    private static double openFiles(long pid) {
      try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
        return files.count();
      } catch (IOException e) {
        return 0; // not Linux
      }
    }
  }
}
