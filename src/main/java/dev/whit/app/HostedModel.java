package dev.whit.app;

import dev.whit.api.ServedModel;
import dev.whit.engine.Engine;
import dev.whit.model.loading.LoadedModel;
import dev.whit.model.loading.MemoryPlan;

/** A served model and what must be closed with it. */
record HostedModel(ServedModel served, Engine engine, LoadedModel loaded, MemoryPlan plan)
    implements AutoCloseable {
  /** Frees everything; the engine, which uses it, goes first. */
  @Override
  public void close() {
    try (loaded;
        var tokenizer = served.tokenizer()) {
      engine.close();
    }
  }
}
