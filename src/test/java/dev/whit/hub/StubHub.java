package dev.whit.hub;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A Hub with one repository, {@code org/name}: the API and small files on one address, large files
 * redirected to a storage on another, with the ways things go wrong at a switch each.
 */
public final class StubHub implements AutoCloseable {
  static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  /** Content by name. */
  public final Map<String, byte[]> files = new LinkedHashMap<>();

  /** Files that are in large file storage. */
  public final List<String> large = new ArrayList<>();

  /** Path, range and authorization of every request, "hub" or "storage" first. */
  final List<String> requests = java.util.Collections.synchronizedList(new ArrayList<>());

  /** Connections of the storage are cut after so many bytes. */
  volatile int cutAfter = Integer.MAX_VALUE;

  /** Requests that are answered with {@link #failure} before any other. */
  final AtomicInteger failures = new AtomicInteger();

  volatile int failure = 429;
  volatile boolean ignoresRanges;
  volatile boolean corrupts;

  /** The storage has less of a file than the API says. */
  volatile boolean isShorter;

  volatile @Nullable String token;

  private final HttpServer hub;
  private final HttpServer storage;

  /** Starts both servers. */
  public StubHub() throws IOException {
    hub = serve(this::onHub);
    storage = serve(this::onStorage);
  }

  private static HttpServer serve(com.sun.net.httpserver.HttpHandler handler) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", handler);
    server.setExecutor(Executors.newCachedThreadPool());
    server.start();
    return server;
  }

  private static URI address(HttpServer server) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Address of the API. */
  public URI endpoint() {
    return address(hub);
  }

  /** Requests for a file's content that reached the storage. */
  long storageRequests() {
    synchronized (requests) {
      return requests.stream().filter(request -> request.startsWith("storage")).count();
    }
  }

  private void note(String server, HttpExchange exchange) {
    requests.add(
        "%s %s range=%s authorization=%s"
            .formatted(
                server,
                exchange.getRequestURI(),
                exchange.getRequestHeaders().getFirst("Range"),
                exchange.getRequestHeaders().getFirst("Authorization")));
  }

  private void onHub(HttpExchange exchange) throws IOException {
    note("hub", exchange);
    String path = exchange.getRequestURI().getPath();
    if (failures.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
      exchange.getResponseHeaders().set("Retry-After", "0");
      send(exchange, failure, new byte[0]);
    } else if (token != null
        && !("Bearer " + token).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      send(exchange, 401, new byte[0]);
    } else if (path.equals("/api/models/org/name/revision/main")) {
      send(exchange, 200, listing().getBytes(StandardCharsets.UTF_8));
    } else if (path.startsWith("/org/name/resolve/" + COMMIT + "/")) {
      String name = path.substring(path.lastIndexOf('/') + 1);
      if (large.contains(name)) {
        exchange
            .getResponseHeaders()
            .set("Location", address(storage) + "/blob/" + name + "?signature=secret");
        send(exchange, 302, new byte[0]);
      } else {
        send(exchange, 200, files.get(name));
      }
    } else {
      send(exchange, 404, new byte[0]);
    }
  }

  private void onStorage(HttpExchange exchange) throws IOException {
    note("storage", exchange);
    String path = exchange.getRequestURI().getPath();
    byte[] content = files.get(path.substring(path.lastIndexOf('/') + 1)).clone();
    if (corrupts) {
      content[content.length / 2] ^= 1;
    }
    if (isShorter) {
      send(exchange, 416, new byte[0]);
      return;
    }
    String range = exchange.getRequestHeaders().getFirst("Range");
    int from = 0;
    int to = content.length;
    int status = 200;
    if (range != null && !ignoresRanges) {
      String[] ends = range.substring("bytes=".length()).split("-", 2);
      from = Integer.parseInt(ends[0]);
      to = ends[1].isEmpty() ? to : Math.min(to, Integer.parseInt(ends[1]) + 1);
      status = 206;
      exchange
          .getResponseHeaders()
          .set("Content-Range", "bytes %d-%d/%d".formatted(from, to - 1, content.length));
    }
    exchange.sendResponseHeaders(status, to - from);
    try (OutputStream body = exchange.getResponseBody()) {
      body.write(content, from, Math.min(to - from, cutAfter));
    } catch (IOException e) {
      // Cut short on purpose, or the client has what it wants.
    }
    exchange.close();
  }

  private String listing() {
    StringBuilder siblings = new StringBuilder();
    files.forEach((name, content) -> {
      String lfs =
          large.contains(name)
              ? ", \"lfs\": {\"sha256\": \"%s\", \"size\": %d}"
                  .formatted(hash("SHA-256", content), content.length)
              : "";
      siblings
          .append(siblings.isEmpty() ? "" : ", ")
          .append(
              "{\"rfilename\": \"%s\", \"size\": %d, \"blobId\": \"%s\"%s}"
                  .formatted(name, content.length, gitHash(content), lfs));
    });
    return "{\"sha\": \"%s\", \"siblings\": [%s]}".formatted(COMMIT, siblings);
  }

  static String gitHash(byte[] content) {
    byte[] header = ("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII);
    return hash("SHA-1", header, content);
  }

  static String hash(String algorithm, byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance(algorithm);
      for (byte[] part : parts) {
        digest.update(part);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    hub.stop(0);
    storage.stop(0);
  }
}
