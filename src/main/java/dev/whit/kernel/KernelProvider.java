package dev.whit.kernel;

import java.util.Optional;

/** One way to compute, which this process may or may not be able to use. */
public interface KernelProvider {
  /** Its name, for logs: "vector". */
  String name();

  /** Why it cannot be used here, and what would help; empty when it can. */
  Optional<String> unavailableBecause();

  /**
   * Opens kernels, which the caller closes.
   *
   * @param threads threads that may compute at once, at least 1
   * @throws IllegalStateException if it is unavailable
   */
  Kernels open(int threads);
}
