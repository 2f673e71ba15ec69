package dev.whit.hub;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where the Hub and its cache are, by the environment variables that {@code huggingface_hub} reads.
 *
 * @param endpoint {@code HF_ENDPOINT}
 * @param cache {@code HF_HUB_CACHE}, else {@code HF_HOME/hub}, else in the user's cache directory
 * @param token {@code HF_TOKEN}, else what {@code huggingface-cli login} left
 * @param offline {@code HF_HUB_OFFLINE}: only what is in the cache counts
 */
public record HubSettings(URI endpoint, Path cache, Optional<String> token, boolean offline) {
  /**
   * Reads them.
   *
   * @throws HubException for an endpoint that is no web address
   */
  public static HubSettings of(Map<String, String> environment) {
    Path home =
        path(environment, "HF_HOME")
            .orElseGet(() ->
                path(environment, "XDG_CACHE_HOME")
                    .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"))
                    .resolve("huggingface"));
    return new HubSettings(
        endpoint(environment.getOrDefault("HF_ENDPOINT", "https://huggingface.co")),
        path(environment, "HF_HUB_CACHE").orElseGet(() -> home.resolve("hub")),
        token(environment, home),
        isSet(environment.getOrDefault("HF_HUB_OFFLINE", "")));
  }

  private static Optional<Path> path(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).filter(v -> !v.isBlank()).map(Path::of);
  }

  private static URI endpoint(String text) {
    try {
      URI endpoint = URI.create(text.replaceAll("/+$", ""));
      if (endpoint.getHost() != null
          && ("https".equals(endpoint.getScheme()) || "http".equals(endpoint.getScheme()))) {
        return endpoint;
      }
    } catch (IllegalArgumentException e) {
      // Reported below.
    }
    throw new HubException("HF_ENDPOINT is " + text + ": not an http or https address");
  }

  private static Optional<String> token(Map<String, String> environment, Path home) {
    Optional<String> given =
        Optional.ofNullable(environment.get("HF_TOKEN"))
            .map(String::strip)
            .filter(t -> !t.isEmpty());
    if (given.isPresent()) {
      return given;
    }
    Path file = path(environment, "HF_TOKEN_PATH").orElseGet(() -> home.resolve("token"));
    try {
      return Files.isRegularFile(file)
          ? Optional.of(Files.readString(file).strip()).filter(t -> !t.isEmpty())
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // not ours to read: as if there were none
    }
  }

  private static boolean isSet(String value) {
    return !value.isEmpty() && !value.equals("0") && !value.equalsIgnoreCase("false");
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "HubSettings[endpoint=" + endpoint + ", cache=" + cache + ", offline=" + offline + "]";
  }
}
