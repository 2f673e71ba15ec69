package dev.whit.kernel.cpu;

import dev.whit.kernel.KernelProvider;
import dev.whit.kernel.Kernels;
import java.util.Optional;

/** {@link ScalarKernels}: always there, on one thread. */
final class ScalarProvider implements KernelProvider {
  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public Optional<String> unavailableBecause() {
    return Optional.empty();
  }

  @Override
  public Kernels open(int threads) {
    return new ScalarKernels();
  }
}
