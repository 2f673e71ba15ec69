package dev.whit.health;

import dev.whit.backend.Backend;
import dev.whit.backend.BackendInfo;
import dev.whit.backend.Generation;
import dev.whit.backend.GenerationListener;
import dev.whit.backend.GenerationRequest;
import java.util.Map;

/** A backend whose health is a switch. */
final class SwitchedBackend implements Backend {
  boolean healthy = true;

  @Override
  public BackendInfo info() {
    return new BackendInfo("dense", "llama", 16, 300, 8, 16, 1, Map.of(), null, "none");
  }

  @Override
  public Generation submit(GenerationRequest request, GenerationListener listener) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isHealthy() {
    return healthy;
  }

  @Override
  public void close() {
    healthy = false;
  }
}
