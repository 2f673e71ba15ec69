package dev.whit.load;

/** Hears how far a run is, now and then, from one thread at a time. */
@FunctionalInterface
public interface LoadListener {
  /**
   * So far.
   *
   * @param sent requests
   * @param ended those that were answered, or failed
   * @param failed those that failed
   */
  void progress(int sent, int ended, int failed);
}
