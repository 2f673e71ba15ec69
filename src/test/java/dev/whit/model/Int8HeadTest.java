package dev.whit.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whit.kernel.Kernels;
import dev.whit.kernel.cpu.ScalarKernels;
import dev.whit.kernel.cpu.VectorKernels;
import dev.whit.model.loading.HeadType;
import dev.whit.model.loading.LoadedModel;
import dev.whit.model.loading.ModelLoader;
import dev.whit.model.loading.ModelSource;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A head in int8 beside the stored one, tied to the embedding or not. */
class Int8HeadTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final int[] PROMPT = {1, 5, 9, 2, 77, 31};

  @ParameterizedTest
  @ValueSource(strings = {"llama/littlebit", "llama/dense-sharded", "gemma3/dense-wrapped"})
  void logitsStayWithinTheRounding(String model) {
    try (Kernels kernels = new VectorKernels(2)) {
      float[] stored = logits(model, kernels, HeadType.STORED);
      float[] rounded = logits(model, kernels, HeadType.INT8);
      // Half a step of 1/127 at most, about 1/127/√12 on average.
      assertThat(distance(rounded, stored)).isBetween(1e-5, 0.01);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama/littlebit", "llama/dense-sharded", "gemma3/dense-wrapped"})
  void allKernelsRoundAlike(String model) {
    try (Kernels vector = new VectorKernels(2);
        Kernels scalar = new ScalarKernels()) {
      assertThat(
              distance(logits(model, vector, HeadType.INT8), logits(model, scalar, HeadType.INT8)))
          .isLessThan(1e-5);
    }
  }

  private static float[] logits(String model, Kernels kernels, HeadType head) {
    ModelSource source = new ModelSource(GOLDEN.resolve(model), null);
    try (LoadedModel loaded = ModelLoader.load(source, kernels, head, (ready, total) -> {});
        SingleSequence sequence = new SingleSequence(loaded.decoder(), PROMPT.length)) {
      return sequence.append(PROMPT);
    }
  }

  /** Relative distance in L2. */
  private static double distance(float[] actual, float[] expected) {
    double squares = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      squares += Math.pow((double) actual[i] - expected[i], 2);
      norm += Math.pow(expected[i], 2);
    }
    return Math.sqrt(squares / norm);
  }
}
