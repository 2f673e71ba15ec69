package dev.whit.rest.access;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The keys that open the server. Without any setting of keys it is open to everybody. */
public final class ApiKeys {
  private final List<ApiKey> fixed;
  private final @Nullable KeyFile file;

  /** Keys of the settings, and of a file if there is one. */
  public ApiKeys(List<ApiKey> fixed, @Nullable KeyFile file) {
    this.fixed = List.copyOf(fixed);
    this.file = file;
  }

  /** Whether callers need one. A file without keys lets nobody in. */
  public boolean required() {
    return !fixed.isEmpty() || file != null;
  }

  /** Who presents a key, as an opaque id; empty if it is none of the keys. */
  public Optional<String> caller(String presented) {
    ApiKey key = ApiKey.presented(presented);
    List<ApiKey> others = file == null ? List.of() : file.keys();
    // Compares with all of them: the time does not tell which one it is.
    long matches = Stream.concat(fixed.stream(), others.stream()).filter(key::matches).count();
    return matches == 0 ? Optional.empty() : Optional.of(key.id());
  }
}
