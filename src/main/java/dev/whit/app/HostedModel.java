package dev.whit.app;

import dev.whit.api.ServedModel;
import dev.whit.engine.Engine;

/** A served model and its engine, which owns the weights and frees them when it ends. */
record HostedModel(ServedModel served, Engine engine) implements AutoCloseable {
  /** Ends the engine, then frees the tokenizer. */
  @Override
  public void close() {
    try (var tokenizer = served.tokenizer()) {
      engine.close();
    }
  }
}
