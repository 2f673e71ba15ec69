package dev.whit.kernel.cpu;

import dev.whit.kernel.KernelProvider;
import dev.whit.kernel.Kernels;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Chooses the kernels of the CPU: the first of a short ladder that works here. */
public final class CpuKernels {
  private static final List<KernelProvider> LADDER =
      List.of(new VectorProvider(), new ScalarProvider());

  private CpuKernels() {}

  /**
   * Opens the best kernels there are, which the caller closes.
   *
   * @param threads threads that may compute at once; 0 is as many as there are processors for this
   *     process
   * @param log receives a line for each choice that was declined, with the reason, and one for what
   *     was chosen
   * @throws IllegalArgumentException if {@code threads} is negative
   */
  public static Kernels open(int threads, Consumer<String> log) {
    Arguments.inRange("threads", threads, 0, Integer.MAX_VALUE);
    int team = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    for (KernelProvider provider : LADDER) {
      Optional<String> reason = provider.unavailableBecause();
      if (reason.isEmpty()) {
        Kernels kernels = provider.open(team);
        log.accept("kernels: " + kernels.description());
        return kernels;
      }
      log.accept("no " + provider.name() + " kernels: " + reason.get());
    }
    throw new IllegalStateException("no kernels at all, not even scalar ones");
  }
}
