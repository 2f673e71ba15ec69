package dev.whit.api;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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

  private static final int MAX_SHOWN = 64;

  private final Map<String, ServedModel> models = new LinkedHashMap<>();
  private volatile State state = State.LOADING;
  private volatile double progress;

  /** Adds a model; its name must be free. */
  public synchronized void add(ServedModel model) {
    if (models.putIfAbsent(model.name(), model) != null) {
      throw new IllegalStateException("two models named " + model.name());
    }
  }

  /** Removes a model: requests for it are refused from now on. */
  public synchronized void remove(String name) {
    models.remove(name);
  }

  /** The models in the order they were added. */
  public synchronized List<ServedModel> models() {
    return List.copyOf(models.values());
  }

  /** The model of that name. */
  public synchronized Optional<ServedModel> find(String name) {
    return Optional.ofNullable(models.get(name));
  }

  /**
   * The model that a request means.
   *
   * @param name its name, null for the only one
   * @throws ApiException.Unavailable while loading or shutting down
   * @throws ApiException.ModelNotFound if there is none of that name
   * @throws ApiException.InvalidRequest if there is no name and more than one model
   */
  public synchronized ServedModel resolve(@Nullable String name) {
    requireReady();
    if (models.isEmpty()) {
      throw new ApiException.ModelNotFound("no model is served");
    }
    if (name == null) {
      if (models.size() != 1) {
        throw new ApiException.InvalidRequest(
            "model", "model is required, as several are served: " + names());
      }
      return models.values().iterator().next();
    }
    ServedModel model = models.get(name);
    if (model == null) {
      throw new ApiException.ModelNotFound(
          "the model %s does not exist; served are: %s".formatted(shortened(name), names()));
    }
    return model;
  }

  private static String shortened(String name) {
    return name.length() <= MAX_SHOWN ? name : name.substring(0, MAX_SHOWN) + "…";
  }

  private String names() {
    return String.join(", ", models.keySet());
  }

  /**
   * Refuses requests unless every model is ready.
   *
   * @throws ApiException.Unavailable while loading or shutting down
   */
  public void requireReady() {
    switch (state) {
      case LOADING ->
          throw new ApiException.Unavailable(
              "the models are being loaded: %d %%".formatted((int) (100 * progress)),
              Duration.ofSeconds(1));
      case READY -> {}
      case DRAINING ->
          throw new ApiException.Unavailable("the server is shutting down", Duration.ofSeconds(10));
    }
  }

  /** Whether every model is there and able to answer. */
  public boolean isReady() {
    return switch (state) {
      case LOADING, DRAINING -> false;
      case READY -> models().stream().allMatch(model -> model.backend().isHealthy());
    };
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
