package dev.whit.app;

import dev.whit.kernel.Kernels;
import dev.whit.kernel.cpu.ScalarKernels;
import dev.whit.kernel.cpu.VectorKernels;
import org.jboss.logging.Logger;

/** Which kernels compute: the fastest that can, and the reason where that is not the fastest. */
final class KernelSelection {
  private static final Logger LOG = Logger.getLogger(KernelSelection.class);
  private static final String VECTOR_MODULE = "jdk.incubator.vector";

  private KernelSelection() {}

  /**
   * Starts the kernels.
   *
   * @param threads threads that compute, 0 for one per available processor
   */
  static Kernels choose(int threads) {
    Kernels kernels;
    if (ModuleLayer.boot().findModule(VECTOR_MODULE).isEmpty()) {
      LOG.warnf(
          "No vector kernels, which are many times faster: start the JVM with --add-modules=%s",
          VECTOR_MODULE);
      kernels = new ScalarKernels();
    } else {
      kernels =
          new VectorKernels(threads > 0 ? threads : Runtime.getRuntime().availableProcessors());
    }
    LOG.infof("Computing with %s", kernels.description());
    return kernels;
  }
}
