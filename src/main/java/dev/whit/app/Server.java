package dev.whit.app;

import dev.whit.api.ModelRegistry;
import dev.whit.hub.HubException;
import io.quarkus.arc.Unremovable;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/**
 * The server's life: the port is open already when it begins, models are loaded in the background,
 * and it ends with a signal, or with a model that cannot be loaded.
 */
@Singleton
@Unremovable
public final class Server implements QuarkusApplication {
  private static final Logger LOG = Logger.getLogger(Server.class);

  private final ModelHost host;
  private final ModelRegistry registry;
  private final GracefulShutdown shutdown;
  private final Address address;
  private final AtomicInteger exitCode = new AtomicInteger();

  @Inject
  Server(ModelHost host, ModelRegistry registry, GracefulShutdown shutdown, Address address) {
    this.host = host;
    this.registry = registry;
    this.shutdown = shutdown;
    this.address = address;
  }

  @Override
  public int run(String... args) {
    shutdown.onSignals();
    Thread.ofPlatform().name("model-loading").daemon().start(this::load);
    Quarkus.waitForExit();
    return exitCode.get();
  }

  private void load() {
    try {
      host.load();
      if (registry.state() != ModelRegistry.State.DRAINING) {
        registry.enter(ModelRegistry.State.READY);
        address.announce(registry.models().getFirst().name());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  private void fail(Throwable failure) {
    int code = ExitCode.of(failure);
    if (code == ExitCode.FAILED && !(failure instanceof HubException)) {
      LOG.error("a model could not be loaded", failure);
    } else {
      System.err.println("whit: " + failure.getMessage());
    }
    exitCode.set(code);
    Quarkus.asyncExit(code);
  }
}
