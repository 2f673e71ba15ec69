package dev.whit.api;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The served models by name, and whether the server takes requests. Safe for use by many threads.
 */
public final class ModelRegistry {
  /** What the server is doing. */
  public enum State {
    /** Models are being loaded: requests get 503 with the progress. */
    LOADING,
    /** Every model is ready. */
    READY,
    /** Shutting down: no new requests, running ones finish. */
    DRAINING
  }

  private final Map<String, ServedModel> models = new LinkedHashMap<>();
  private volatile State state = State.LOADING;
  private volatile double progress;

  /** Adds a model; its name must be free. */
  public synchronized void add(ServedModel model) {
    if (models.putIfAbsent(model.name(), model) != null) {
      throw new IllegalStateException("two models named " + model.name());
    }
  }

  /** The models in the order they were added. */
  public synchronized List<ServedModel> models() {
    return List.copyOf(models.values());
  }

  /** The model of that name. */
  public synchronized Optional<ServedModel> find(String name) {
    return Optional.ofNullable(models.get(name));
  }

  /** What the server is doing. */
  public State state() {
    return state;
  }

  /** Moves on to another state. */
  public void enter(State next) {
    state = next;
  }

  /** Share of the models' bytes that is loaded, 0 to 1. */
  public double progress() {
    return progress;
  }

  /** Sets the share of the models' bytes that is loaded. */
  public void progress(double loaded) {
    progress = loaded;
  }
}
