package dev.whit.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Memory that this process has in the machine.
 *
 * @param anonymousBytes heap, threads, compiled code
 * @param fileBytes pages of mapped files: of weights, and of the JVM itself
 */
public record ProcessMemory(long anonymousBytes, long fileBytes) {
  private static final Path STATUS = Path.of("/proc/self/status");

  private static final int SETTLE_STEPS = 50;
  private static final Duration SETTLE_STEP = Duration.ofMillis(100);

  /**
   * What it keeps after a collection: waits, for 5 seconds at most, while the JVM gives memory
   * back, which it does by and by. Null where the system does not say.
   */
  static @Nullable ProcessMemory afterCollection() {
    System.gc();
    ProcessMemory memory = now();
    for (int i = 0, still = 0; i < SETTLE_STEPS && memory != null && still < 5; i++) {
      LockSupport.parkNanos(SETTLE_STEP.toNanos());
      ProcessMemory next = now();
      still = next != null && next.anonymousBytes < memory.anonymousBytes ? 0 : still + 1;
      memory = next;
    }
    return memory;
  }

  /** What it has now; null where the system does not say. */
  static @Nullable ProcessMemory now() {
    try {
      List<String> lines = Files.readAllLines(STATUS);
      return new ProcessMemory(bytes(lines, "RssAnon:"), bytes(lines, "RssFile:"));
    } catch (IOException e) {
      return null; // not Linux
    }
  }

  private static long bytes(List<String> lines, String name) throws IOException {
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
        .findFirst()
        .orElseThrow(() -> new IOException("no " + name + " in " + STATUS));
  }
}
