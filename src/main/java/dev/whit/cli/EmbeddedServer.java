package dev.whit.cli;

import dev.whit.app.Server;
import dev.whit.config.InvalidSettingException;
import dev.whit.config.Settings;
import dev.whit.config.WhitConfig;
import dev.whit.tokenizer.HuggingFaceTokenizer;
import io.quarkus.runtime.Quarkus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/** The server in this process. There is one at most. */
final class EmbeddedServer {
  private EmbeddedServer() {}

  /**
   * Runs it until it is told to stop.
   *
   * @return the exit code that its end stands for
   */
  static int run(Settings settings) {
    settings.properties().forEach(System::setProperty);
    // The framework's check answers without a body: ExchangeFilter has the same one.
    System.setProperty("vertx.disableURIValidation", "true");
    if (settings.values().otlpEndpoint().isPresent()) {
      System.setProperty("quarkus.otel.sdk.disabled", "false");
    }
    requireFreePort(settings.values());
    HuggingFaceTokenizer.preload();
    AtomicInteger exitCode = new AtomicInteger();
    Quarkus.run(Server.class, (code, failure) -> exitCode.set(code));
    return exitCode.get();
  }

  /** The framework would find out too, with more words. */
  private static void requireFreePort(WhitConfig settings) {
    InetSocketAddress address = new InetSocketAddress(settings.host(), settings.port());
    if (address.isUnresolved()) {
      throw new InvalidSettingException("whit.host is %s: no such host".formatted(settings.host()));
    }
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(address);
    } catch (IOException e) {
      throw new UncheckedIOException(
          new IOException(
              "cannot listen on %s:%d: %s"
                  .formatted(settings.host(), settings.port(), e.getMessage())));
    }
  }
}
