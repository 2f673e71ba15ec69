package dev.whit.bench;

/** Follows a benchmark, from its thread. */
@FunctionalInterface
public interface BenchListener {
  /**
   * What is being done now.
   *
   * @param stage in words: "2 threads, tg64, batch 4, repetition 3 of 5"
   */
  void onStage(String stage);
}
