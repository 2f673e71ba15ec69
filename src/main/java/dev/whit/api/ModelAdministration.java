package dev.whit.api;

import java.util.List;

/** Changes what is served while the server runs. Safe for use by many threads. */
public interface ModelAdministration {
  /** The models that are loaded, and those on their way in or out. */
  List<AdministeredModel> models();

  /**
   * Loads a model and serves it, and returns when it has generated a token. Loads that are asked
   * for at the same time are done one after the other.
   *
   * @throws ApiException.InvalidRequest if it cannot be loaded, or does not fit into what memory is
   *     left
   * @throws ApiException.Conflict if there is a model of that name
   * @throws ApiException.Unavailable while starting or shutting down
   */
  AdministeredModel load(ModelOrder order) throws InterruptedException;

  /**
   * Serves a model no longer, and returns when its memory is free: what runs or waits has the time
   * to finish that it has at shutdown, then it is cancelled.
   *
   * @throws ApiException.ModelNotFound if there is none of that name
   */
  void unload(String name);
}
