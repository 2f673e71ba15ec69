package dev.whit.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.whit.kernel.Buffer;
import dev.whit.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CpuKernelsTest {
  @Test
  void prefersVectorsAndSaysSo() {
    List<String> log = new ArrayList<>();
    try (Kernels kernels = CpuKernels.open(2, log::add)) {
      assertThat(kernels).isInstanceOf(VectorKernels.class);
      assertThat(log).containsExactly("kernels: vector (" + Species.BITS + " bit, 2 threads)");
    }
  }

  @Test
  void zeroThreadsIsAllProcessors() {
    try (Kernels kernels = CpuKernels.open(0, line -> {})) {
      assertThat(kernels.description())
          .contains(" " + Runtime.getRuntime().availableProcessors() + " thread");
    }
    assertThatIllegalArgumentException().isThrownBy(() -> CpuKernels.open(-1, line -> {}));
  }

  @Test
  void fallsBackToScalarsWithoutTheVectorModuleAndSaysWhy() throws Exception {
    ForkedJvm jvm = ForkedJvm.run(WithoutModule.class);
    assertThat(jvm.output().lines())
        .containsExactly(
            "no vector kernels: start the JVM with --add-modules jdk.incubator.vector",
            "kernels: scalar (1 thread)",
            "sum 3.0");
    assertThat(jvm.exitCode()).isZero();
  }

  /** What the JVM without the module runs. */
  static final class WithoutModule {
    private WithoutModule() {}

    public static void main(String[] args) {
      try (Kernels kernels = CpuKernels.open(0, line -> System.out.println(line))) {
        Buffer x = kernels.allocate(1);
        Buffer y = kernels.allocate(1);
        x.write(new float[] {1}, 0, 0, 1);
        y.write(new float[] {2}, 0, 0, 1);
        kernels.add(x, y, 1);
        float[] sum = new float[1];
        x.read(0, sum, 0, 1);
        System.out.println("sum " + sum[0]);
      }
    }
  }
}
