package dev.whit.rest.access;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;

/**
 * API keys in a file, one on each line, with empty lines and comments (#) between them; read again
 * when the file has changed. A file that cannot be read leaves the keys as they were.
 */
public final class KeyFile {
  private static final Logger LOG = Logger.getLogger(KeyFile.class);
  private static final long MAX_BYTES = 1 << 20;
  private static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);

  private final Path path;
  private final long checkNanos;
  private final AtomicLong nextCheck;
  private volatile Version version;
  private volatile List<ApiKey> keys;

  /** What tells a file from the same file at another time. */
  private record Version(Object identity, long size, long modified) {
    static Version of(Path path) throws IOException {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      Object identity = attributes.fileKey() == null ? path : attributes.fileKey();
      long modified = attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS);
      return new Version(identity, attributes.size(), modified);
    }
  }

  /**
   * Reads the file.
   *
   * @throws IllegalArgumentException if it has a line that is no key, by its number
   * @throws UncheckedIOException if it cannot be read
   */
  public KeyFile(Path path) {
    this(path, CHECK_INTERVAL);
  }

  /** Looks at the file so often. */
  KeyFile(Path path, Duration checkInterval) {
    this.path = path;
    this.checkNanos = checkInterval.toNanos();
    this.nextCheck = new AtomicLong(System.nanoTime() + checkNanos);
    try {
      this.version = Version.of(path);
      this.keys = read(path, version.size());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<ApiKey> read(Path path, long size) throws IOException {
    if (size > MAX_BYTES) {
      throw new IllegalArgumentException(
          "has %d bytes; the limit is %d".formatted(size, MAX_BYTES));
    }
    List<ApiKey> keys = new ArrayList<>();
    int number = 0;
    for (String line : lines(path)) {
      number++;
      String key = line.strip();
      if (!key.isEmpty() && !key.startsWith("#")) {
        try {
          keys.add(ApiKey.of(key));
        } catch (IllegalArgumentException e) {
          throw new IllegalArgumentException("line %d: %s".formatted(number, e.getMessage()), e);
        }
      }
    }
    return List.copyOf(keys);
  }

  private static List<String> lines(Path path) throws IOException {
    try {
      return Files.readAllLines(path);
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("is no text in UTF-8", e);
    }
  }

  /** The keys that are in it now; the file is looked at once an interval at most. */
  List<ApiKey> keys() {
    long now = System.nanoTime();
    long due = nextCheck.get();
    if (now - due >= 0 && nextCheck.compareAndSet(due, now + checkNanos)) {
      refresh();
    }
    return keys;
  }

  private void refresh() {
    try {
      Version now = Version.of(path);
      if (!now.equals(version)) {
        keys = read(path, now.size());
        version = now;
        LOG.infof("%s has changed: %d keys", path, keys.size());
      }
    } catch (IOException | IllegalArgumentException e) {
      LOG.warnf("%s cannot be read, the keys stay as they are: %s", path, e.getMessage());
    }
  }
}
