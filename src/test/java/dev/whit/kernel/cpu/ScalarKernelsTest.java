package dev.whit.kernel.cpu;

import dev.whit.kernel.Kernels;
import dev.whit.kernel.KernelsContractTest;

class ScalarKernelsTest extends KernelsContractTest {
  @Override
  protected Kernels open() {
    return new ScalarKernels();
  }
}
