package dev.whit.kernel.cpu;

import dev.whit.kernel.Kernels;
import dev.whit.kernel.KernelsContractTest;
import org.junit.jupiter.api.Nested;

class VectorKernelsTest {
  @Nested
  class OneThread extends KernelsContractTest {
    @Override
    protected Kernels open() {
      return new VectorKernels(1);
    }
  }

  @Nested
  class TwoThreads extends KernelsContractTest {
    @Override
    protected Kernels open() {
      return new VectorKernels(2);
    }
  }

  @Nested
  class ThreeThreads extends KernelsContractTest {
    @Override
    protected Kernels open() {
      return new VectorKernels(3);
    }
  }
}
