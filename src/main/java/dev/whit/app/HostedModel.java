package dev.whit.app;

import dev.whit.api.AdministeredModel;
import dev.whit.api.ServedModel;
import dev.whit.backend.CancelCause;
import dev.whit.config.ModelSpec;
import dev.whit.engine.Engine;
import dev.whit.model.loading.LoadedModel;
import dev.whit.model.loading.MemoryPlan;
import java.time.Duration;

/** A served model, what must be closed with it, and the memory that it has taken. */
record HostedModel(
    ModelSpec spec,
    ServedModel served,
    Engine engine,
    LoadedModel loaded,
    MemoryBudget.Weights weights,
    MemoryPlan plan)
    implements AutoCloseable {

  /** Bytes of its cache and its activations. */
  long cacheBytes() {
    return plan.workspaceBytes() + plan.kvBytes();
  }

  /** What it is, while it is served. */
  AdministeredModel describe() {
    return describe(
        engine.isHealthy() ? AdministeredModel.State.READY : AdministeredModel.State.FAILED);
  }

  AdministeredModel describe(AdministeredModel.State state) {
    return new AdministeredModel(
        spec.name(), spec.target().toString(), state, weights.total(), cacheBytes());
  }

  /**
   * Frees everything but the tokenizer, with which readers may still make text of the last tokens:
   * the collector frees that after them.
   */
  void unload(Duration grace) {
    try (loaded) {
      engine.drain(grace, CancelCause.UNLOADED);
    }
  }

  /** Frees everything; the engine, which uses it, goes first. */
  @Override
  public void close() {
    try (loaded;
        var tokenizer = served.tokenizer()) {
      engine.close();
    }
  }
}
