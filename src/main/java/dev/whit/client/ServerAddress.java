package dev.whit.client;

import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a server is, and what it is asked with.
 *
 * @param root its address, with a slash at the end and without {@code /v1}
 * @param apiKey sent as a bearer token
 */
public record ServerAddress(URI root, @Nullable String apiKey) {
  private static final List<String> SCHEMES = List.of("http", "https");

  public ServerAddress {
    root = URI.create(root.toString().replaceFirst("/*(/v1)?/*$", "") + "/");
  }

  /** Whether it is an address of the web, with a host. */
  public static boolean isValid(URI url) {
    return url.getHost() != null && SCHEMES.contains(url.getScheme());
  }

  /** A request to a path below the root. */
  public HttpRequest.Builder request(String path) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(root.resolve(path));
    return apiKey == null ? builder : builder.header("authorization", "Bearer " + apiKey);
  }

  /** Without the key. */
  @Override
  public String toString() {
    return root.toString();
  }
}
