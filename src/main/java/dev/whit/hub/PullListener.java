package dev.whit.hub;

/** Follows a download. Calls come from several threads, one at a time. */
public interface PullListener {
  /** Says nothing. */
  PullListener SILENT = new PullListener() {};

  /**
   * What is to be done is known.
   *
   * @param files files of the model
   * @param totalBytes bytes of all of them
   */
  default void onStart(int files, long totalBytes) {}

  /**
   * Bytes are there: received now, or found from before.
   *
   * @param bytes more than before; fewer, when negative, because they have to be fetched again
   * @param received whether they came over the network
   */
  default void onBytes(long bytes, boolean received) {}

  /** A complete file is compared with its checksum, which takes a moment for a large one. */
  default void onVerify(String file) {}

  /** Something went wrong and is tried again. */
  default void onRetry(String what) {}
}
