package dev.whit.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Memory that this process has in the machine.
 *
 * @param anonymousBytes heap, threads, compiled code
 * @param fileBytes pages of mapped files: of weights, and of the JVM itself
 */
public record ProcessMemory(long anonymousBytes, long fileBytes) {
  private static final Path STATUS = Path.of("/proc/self/status");

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
