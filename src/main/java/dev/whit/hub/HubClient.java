package dev.whit.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * GET requests to the Hub. Redirects are followed here, not by the JDK, so that the token goes to
 * the Hub alone and never to the storage it redirects to, nor over plain HTTP after HTTPS. It is
 * {@link HttpURLConnection} because that bounds the wait for each read: a server that falls silent
 * in the middle of a body must not hang a download.
 */
final class HubClient {
  private static final int MAX_REDIRECTS = 5;
  private static final int OK = 200;
  private static final int PARTIAL = 206;
  private static final int TOO_MANY = 429;

  private final HubSettings settings;
  private final int timeoutMillis;

  HubClient(HubSettings settings, Duration timeout) {
    this.settings = settings;
    timeoutMillis = Math.toIntExact(timeout.toMillis());
  }

  /** A reply that may be different when asked again. */
  static final class RetryableException extends IOException {
    private static final long serialVersionUID = 1L;

    /** How long the server asks to wait; null when it does not say. */
    final transient @Nullable Duration retryAfter;

    RetryableException(String message, @Nullable Duration retryAfter) {
      super(message);
      this.retryAfter = retryAfter;
    }
  }

  /**
   * A successful reply.
   *
   * @param start first byte of the resource that the body has
   */
  record Reply(InputStream body, long start) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      body.close();
    }
  }

  /**
   * Requests a path of the endpoint.
   *
   * @param path begins with /
   * @param from first byte wanted
   * @param to one past the last byte wanted; negative is to the end
   * @throws HubException when asking again would not help
   * @throws IOException when it might
   */
  Reply get(String path, long from, long to) throws IOException {
    URI uri = URI.create(settings.endpoint() + path);
    for (int i = 0; i <= MAX_REDIRECTS; i++) {
      HttpURLConnection connection = open(uri, from, to);
      int status = connection.getResponseCode();
      if (status == OK || status == PARTIAL) {
        return new Reply(connection.getInputStream(), status == OK ? 0 : start(connection));
      }
      if (status / 100 != 3) {
        throw failure(uri, status, connection);
      }
      uri = redirected(uri, connection);
      connection.disconnect();
    }
    throw new HubException(
        settings.endpoint() + path + ": more than " + MAX_REDIRECTS + " redirects");
  }

  private HttpURLConnection open(URI uri, long from, long to) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
    connection.setInstanceFollowRedirects(false);
    connection.setConnectTimeout(timeoutMillis);
    connection.setReadTimeout(timeoutMillis);
    connection.setRequestProperty("User-Agent", "whit");
    if (from > 0 || to >= 0) {
      connection.setRequestProperty("Range", "bytes=" + from + "-" + (to < 0 ? "" : to - 1));
    }
    if (isHub(uri)) {
      settings
          .token()
          .ifPresent(t -> connection.setRequestProperty("Authorization", "Bearer " + t));
    }
    return connection;
  }

  private boolean isHub(URI uri) {
    URI hub = settings.endpoint();
    return hub.getScheme().equals(uri.getScheme())
        && hub.getHost().equals(uri.getHost())
        && hub.getPort() == uri.getPort();
  }

  private static URI redirected(URI from, HttpURLConnection connection) {
    String location =
        Optional.ofNullable(connection.getHeaderField("Location"))
            .orElseThrow(() -> new HubException(from + ": redirects without saying where to"));
    URI to;
    try {
      to = from.resolve(location);
    } catch (IllegalArgumentException e) {
      throw new HubException(from + ": redirects to what is no address", e);
    }
    boolean secure = "https".equals(to.getScheme());
    if (to.getHost() == null || !(secure || "http".equals(to.getScheme()))) {
      throw new HubException(from + ": redirects to what is no web address");
    }
    if (!secure && "https".equals(from.getScheme())) {
      throw new HubException(from + ": redirects from https to http");
    }
    return to;
  }

  /** The first byte of a partial reply, by {@code Content-Range: bytes FROM-TO/TOTAL}. */
  private static long start(HttpURLConnection connection) throws IOException {
    String range = String.valueOf(connection.getHeaderField("Content-Range"));
    try {
      return Long.parseLong(range.substring(range.indexOf(' ') + 1, range.indexOf('-')));
    } catch (IndexOutOfBoundsException | NumberFormatException e) {
      throw new IOException("Content-Range is " + range, e);
    }
  }

  private IOException failure(URI uri, int status, HttpURLConnection connection) {
    // Without the query: that of a storage address is a key to it.
    String where = uri.getScheme() + "://" + uri.getAuthority() + uri.getPath();
    connection.disconnect();
    if (status == TOO_MANY || status >= 500) {
      return new RetryableException(where + ": status " + status, retryAfter(connection));
    }
    throw new HubException(
        where
            + switch (status) {
              case 401, 403 ->
                  settings.token().isPresent()
                      ? ": status %d: the token may not read it, or its licence has to be accepted"
                              .formatted(status)
                          + " on the Hub"
                      : ": status %d: private, gated or not there; set HF_TOKEN if you may read it"
                          .formatted(status);
              case 404 -> ": not found";
              case 416 -> ": does not have the bytes that its list of files promises";
              default -> ": status " + status;
            });
  }

  private static @Nullable Duration retryAfter(HttpURLConnection connection) {
    try {
      return Duration.ofSeconds(Long.parseLong(connection.getHeaderField("Retry-After")));
    } catch (NumberFormatException e) {
      return null; // not there, or a date
    }
  }
}
