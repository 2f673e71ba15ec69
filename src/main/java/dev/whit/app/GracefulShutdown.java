package dev.whit.app;

import dev.whit.api.ModelRegistry;
import dev.whit.config.WhitConfig;
import io.quarkus.runtime.Quarkus;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * What SIGTERM and SIGINT do: requests that run may finish within {@code whit.drain}, new ones are
 * refused, HTTP stays open meanwhile; then the process ends with code 0. A second signal waits for
 * nothing.
 */
@Singleton
final class GracefulShutdown {
  private static final Logger LOG = Logger.getLogger(GracefulShutdown.class);

  private final ModelRegistry registry;
  private final ModelHost host;
  private final Duration drain;
  private final AtomicBoolean begun = new AtomicBoolean();

  GracefulShutdown(ModelRegistry registry, ModelHost host, WhitConfig config) {
    this.registry = registry;
    this.host = host;
    this.drain = config.drain();
  }

  /** Takes over the signals; the JVM's own reaction would end HTTP at once, and with code 143. */
  void onSignals() {
    Signals.handle("TERM", this::begin);
    Signals.handle("INT", this::begin);
  }

  private void begin() {
    if (begun.getAndSet(true)) {
      host.drain(Duration.ZERO);
      return;
    }
    LOG.infof("Stopping; requests that run have %d s to finish", drain.toSeconds());
    registry.enter(ModelRegistry.State.DRAINING);
    host.drain(drain);
    host.close();
    Quarkus.asyncExit(ExitCode.DONE);
  }
}
