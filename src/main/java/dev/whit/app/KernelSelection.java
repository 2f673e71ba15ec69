package dev.whit.app;

import dev.whit.kernel.Kernels;
import dev.whit.kernel.cpu.ScalarKernels;
import org.jboss.logging.Logger;

/** Which kernels compute. */
final class KernelSelection {
  private static final Logger LOG = Logger.getLogger(KernelSelection.class);

  private KernelSelection() {}

  static Kernels choose(int threads) {
    Kernels kernels = new ScalarKernels();
    LOG.infof("Computing with %s", kernels.description());
    return kernels;
  }
}
