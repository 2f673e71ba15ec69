package dev.whit.kernel;

import static dev.whit.kernel.Numbers.gaussian;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * The same call gives the same bits from the first, interpreted, to the last, compiled: library
 * functions and sums across a vector may differ between the two.
 */
interface DeterminismContract extends KernelsUnderTest {
  int CALLS = 2000;

  @Test
  default void linearLayersGiveTheSameBitsWhenCompiled() {
    float[] x = gaussian(1, 160);
    Weights binary = kernels().prepare(new RandomFactors(1, 160, 48).path(0, 48, 40, true).spec());
    assertStable(() -> Batches.runStrided(this, binary, x, 1));
  }

  @Test
  default void normsAndActivationsGiveTheSameBitsWhenCompiled() {
    Buffer x = buffer(gaussian(1, 2 * 200));
    Buffer out = kernels().allocate(400);
    assertStable(() -> {
      kernels().rmsNorm(x, x, 1e-5f, 2, 200, out);
      return read(out);
    });
    for (Activation f : Activation.values()) {
      assertStable(() -> {
        kernels().gatedActivation(f, x, 1, 200, out);
        return read(out);
      });
    }
  }

  @Test
  default void attentionGivesTheSameBitsWhenCompiled() {
    AttentionSpec spec = new AttentionSpec(4, 2, 32, 0.2f, 0, 20);
    AttentionCase sequences = new AttentionCase(spec, 16, KvType.F16, 33);
    float[] first = sequences.run(this, 33, true)[0];
    for (int i = 0; i < 200; i++) {
      assertThat(sequences.run(this, 33, true)[0]).as("call %d", i).isEqualTo(first);
    }
  }

  private static void assertStable(Supplier<float[]> call) {
    float[] first = call.get();
    for (int i = 0; i < CALLS; i++) {
      assertThat(call.get()).as("call %d", i).isEqualTo(first);
    }
  }
}
