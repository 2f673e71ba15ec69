package dev.whit.app;

import dev.whit.config.ModelSpec;
import dev.whit.hub.Hub;
import dev.whit.hub.HubRepo;
import dev.whit.hub.HubSettings;
import dev.whit.hub.PullListener;
import java.nio.file.Path;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Fetches the models of the settings that are on the Hub. */
final class HubModels {
  private static final Logger LOG = Logger.getLogger(HubModels.class);
  private static final double MIB = 1 << 20;
  private static final long INTERVAL = 5_000_000_000L;

  private HubModels() {}

  /** The same model with local paths. */
  static ModelSpec fetch(ModelSpec spec) throws InterruptedException {
    Optional<Path> base = spec.base();
    return spec.at(
        local(spec.name(), spec.target()),
        base.isPresent() ? Optional.of(local(spec.name(), base.get())) : base);
  }

  private static Path local(String name, Path path) throws InterruptedException {
    Optional<HubRepo> repo = ModelSpec.onHub(path);
    return repo.isPresent()
        ? new Hub(HubSettings.of(System.getenv())).pull(repo.get(), new LoggedPull(name))
        : path;
  }

  /** Logs how far a download has come, every few seconds. */
  private static final class LoggedPull implements PullListener {
    private final String name;
    private long total;
    private long present;
    private long shown = System.nanoTime();

    LoggedPull(String name) {
      this.name = name;
    }

    @Override
    public synchronized void onStart(int files, long totalBytes) {
      total = totalBytes;
    }

    @Override
    public synchronized void onBytes(long bytes, boolean received) {
      present += bytes;
      long now = System.nanoTime();
      if (now - shown >= INTERVAL) {
        shown = now;
        LOG.infof("%s: fetched %.1f of %.1f MiB", name, present / MIB, total / MIB);
      }
    }

    @Override
    public void onRetry(String reason) {
      LOG.warnf("%s: %s", name, reason);
    }
  }
}
