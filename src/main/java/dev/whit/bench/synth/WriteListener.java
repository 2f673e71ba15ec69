package dev.whit.bench.synth;

/** Follows a file as it is written, from the writing thread. */
@FunctionalInterface
public interface WriteListener {
  /** So many bytes of all are written. */
  void onBytes(long written, long total);
}
