package dev.whit.model.loading;

/** Hears of the progress of a load, from the loading thread. */
@FunctionalInterface
public interface LoadListener {
  /** So many of the model's layers are ready. */
  void onLayers(int ready, int total);
}
