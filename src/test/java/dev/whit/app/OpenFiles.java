package dev.whit.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** What this process has open, as Linux tells. */
final class OpenFiles {
  private static final Path SELF = Path.of("/proc/self");

  private OpenFiles() {}

  /** The files below a directory that are open or mapped. */
  static List<String> below(Path directory) throws IOException {
    Assumptions.assumeTrue(Files.exists(SELF), "no /proc on this system to see what is open");
    List<String> open = new ArrayList<>();
    try (Stream<Path> handles = Files.list(SELF.resolve("fd"))) {
      for (Path handle : handles.toList()) {
        if (Files.isSymbolicLink(handle)) {
          open.add(Files.readSymbolicLink(handle).toString());
        }
      }
    }
    open.addAll(Files.readAllLines(SELF.resolve("maps")));
    String real = directory.toRealPath().toString();
    return open.stream().filter(line -> line.contains(real)).toList();
  }
}
