package dev.whit.app;

import dev.whit.api.ServedModel;
import dev.whit.engine.Engine;

/** A served model and what must be closed with it. */
record HostedModel(ServedModel served, Engine engine) implements AutoCloseable {
  /** Frees everything; the engine, which owns the weights, goes first. */
  @Override
  public void close() {
    try (var tokenizer = served.tokenizer()) {
      engine.close();
    }
  }
}
