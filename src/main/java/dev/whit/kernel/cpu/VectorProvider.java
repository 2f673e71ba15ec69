package dev.whit.kernel.cpu;

import dev.whit.kernel.KernelProvider;
import dev.whit.kernel.Kernels;
import java.util.Optional;
import jdk.incubator.vector.VectorShape;

/**
 * {@link VectorKernels}, where the JVM was started with the Vector API's module. Loading this class
 * needs no class of that module; using it does.
 */
final class VectorProvider implements KernelProvider {
  private static final String MODULE = "jdk.incubator.vector";
  private static final int MIN_BITS = 128;

  @Override
  public String name() {
    return "vector";
  }

  @Override
  public Optional<String> unavailableBecause() {
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      return Optional.of("start the JVM with --add-modules " + MODULE);
    }
    int bits = VectorShape.preferredShape().vectorBitSize();
    if (bits < MIN_BITS) {
      return Optional.of("this JVM's vectors have " + bits + " bits, " + MIN_BITS + " are needed");
    }
    return Optional.empty();
  }

  @Override
  public Kernels open(int threads) {
    unavailableBecause()
        .ifPresent(reason -> {
          throw new IllegalStateException("no vector kernels: " + reason);
        });
    return new VectorKernels(threads);
  }
}
