package dev.whit.api;

/**
 * A model as administrators see it.
 *
 * @param name name in requests
 * @param path what it was loaded from
 * @param state what it is doing
 * @param weightBytes memory of its weights, 0 until it is loaded
 * @param cacheBytes memory of its key/value cache and activations, 0 until it is loaded
 */
public record AdministeredModel(
    String name, String path, State state, long weightBytes, long cacheBytes) {
  /** What a model is doing. */
  public enum State {
    LOADING,
    READY,
    /** Its engine has failed; unloading and loading it again may help. */
    FAILED,
    /** What runs may finish. */
    UNLOADING
  }
}
