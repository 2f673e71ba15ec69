package dev.whit.cli;

import dev.whit.app.ExitCode;
import dev.whit.client.ServerAddress;
import dev.whit.config.Settings;
import io.quarkus.runtime.Quarkus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The server in this process for a command that needs one: on a free port, with a key that nobody
 * else knows, and quiet.
 */
final class LocalServer implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration STOP = Duration.ofSeconds(10);
  private static final int KEY_BYTES = 24;

  private final ServerAddress address;
  private final CompletableFuture<Integer> end;

  /** It ended by itself, and has said why. */
  static final class Ended extends Exception {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    Ended(int exitCode) {
      super("the server ended with code " + exitCode);
      this.exitCode = exitCode;
    }

    int exitCode() {
      return exitCode;
    }
  }

  private LocalServer(ServerAddress address, CompletableFuture<Integer> end) {
    this.address = address;
    this.end = end;
  }

  /**
   * Starts it; its models are loaded meanwhile.
   *
   * @param given {@code whit.*} properties beside address and key
   */
  static LocalServer start(Map<String, String> given) {
    int port = freePort();
    String key = randomKey();
    Map<String, String> all = new HashMap<>(given);
    all.put("whit.host", "127.0.0.1");
    all.put("whit.port", Integer.toString(port));
    all.put("whit.api-keys", key);
    all.put("whit.drain", "0");
    all.put("whit.log.access", "false");
    Settings settings = Settings.read(all, System.getenv(), Optional.empty());
    System.setProperty("quarkus.log.level", "WARN");
    System.setProperty("quarkus.log.console.stderr", "true");
    // When it ends by itself, awaitReady may just be asking it.
    System.setProperty("quarkus.log.category.\"io.netty\".level", "ERROR");
    CompletableFuture<Integer> end = new CompletableFuture<>();
    Thread.ofPlatform().name("server").daemon().start(() -> run(settings, end));
    return new LocalServer(new ServerAddress(URI.create("http://127.0.0.1:" + port), key), end);
  }

  private static void run(Settings settings, CompletableFuture<Integer> end) {
    try {
      end.complete(EmbeddedServer.run(settings));
    } catch (Throwable e) {
      end.completeExceptionally(e);
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String randomKey() {
    byte[] bytes = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  ServerAddress address() {
    return address;
  }

  /**
   * Waits until its models are loaded.
   *
   * @throws Ended if they cannot be
   */
  void awaitReady() throws Ended, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      while (!isReady(http)) {
        try {
          throw new Ended(end.get(POLL.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
          // still loading
        } catch (ExecutionException e) {
          throw new IllegalStateException(e.getCause());
        }
      }
    }
  }

  private boolean isReady(HttpClient http) throws InterruptedException {
    try {
      return http.send(address.request("health/ready").build(), BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException e) {
      return false; // not listening yet
    }
  }

  @Override
  public void close() {
    Quarkus.asyncExit(ExitCode.DONE);
    try {
      end.get(STOP.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // The process ends now, whatever is left of it.
    }
  }
}
