package dev.whit.model.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.whit.checkpoint.Tensor;
import dev.whit.checkpoint.TensorData;
import dev.whit.kernel.BinaryFactorPath;
import dev.whit.kernel.cpu.ScalarKernels;
import dev.whit.model.Decoder;
import dev.whit.model.SingleSequence;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same model stored in another way gives the same logits. */
class EquivalentFormsTest {
  private static final int[] PROMPT = {5, 3, 200, 17, 17, 90, 41, 8, 301};

  /** Rows of a fused projection that are a projection of their own elsewhere. */
  private record Rows(String name, int count) {}

  @Test
  void fusedProjectionsMayBeSplit() {
    float[] split =
        logits(
            "phi3/dense",
            checkpoint -> {
              for (int l = 0; l < 3; l++) {
                String layer = "model.layers." + l;
                split(
                    checkpoint,
                    layer + ".self_attn.qkv_proj",
                    new Rows(layer + ".self_attn.q_proj", 4 * 16),
                    new Rows(layer + ".self_attn.k_proj", 2 * 16),
                    new Rows(layer + ".self_attn.v_proj", 2 * 16));
                split(
                    checkpoint,
                    layer + ".mlp.gate_up_proj",
                    new Rows(layer + ".mlp.gate_proj", 144),
                    new Rows(layer + ".mlp.up_proj", 144));
              }
            });
    assertThat(split).isEqualTo(original("phi3/dense"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.language_model.", "language_model.", "model.", ""})
  void theLanguageModelOfAMultimodalOneHasSeveralPlaces(String root) {
    String model = "gemma3/dense-wrapped";
    assertThat(logits(model, checkpoint -> checkpoint.renameAll("language_model.model.", root)))
        .isEqualTo(original(model));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "mlp.up_proj"})
  void aProjectionMayBeDenseBesideFactorisedNeighbours(String projection) {
    String module = "model.layers.1." + projection;
    for (String model : List.of("llama/littlebit", "qwen3/littlebit-res", "qwen2-yarn/littlebit")) {
      float[] expected = original(model);
      float[] mixed = logits(model, checkpoint -> multiplyOut(model, checkpoint, module));
      // The product is rounded once more; logits are of the order of 1.
      for (int i = 0; i < expected.length; i++) {
        assertThat(mixed[i]).as("%s, logit %d", model, i).isCloseTo(expected[i], within(1e-4f));
      }
      assertThat(mixed).as("something was replaced").isNotEqualTo(expected);
    }
  }

  @Test
  void aBiasThatIsAbsentIsZero() {
    String model = "qwen2-yarn/littlebit";
    String query = "model.layers.1.self_attn.q_proj.bias";
    float[] absent = logits(model, checkpoint -> checkpoint.remove(query));
    float[] zero =
        logits(model, checkpoint -> checkpoint.putFloats(query, new long[] {64}, new float[64]));
    assertThat(absent).isEqualTo(zero).isNotEqualTo(original(model));
  }

  private static float[] original(String model) {
    return logits(model, checkpoint -> {});
  }

  /** Logits after a change to the checkpoint, every tensor of which the model must still use. */
  private static float[] logits(String model, Consumer<EditedCheckpoint> change) {
    try (Fixture fixture = Fixture.of(model);
        ScalarKernels kernels = new ScalarKernels()) {
      change.accept(fixture.checkpoint);
      assertThat(fixture.find().unasked()).isEmpty();
      try (Decoder decoder = fixture.build(kernels);
          SingleSequence sequence = new SingleSequence(decoder, PROMPT.length)) {
        return sequence.append(PROMPT);
      }
    }
  }

  private static void split(EditedCheckpoint checkpoint, String fused, Rows... parts) {
    Tensor weight = checkpoint.find(fused + ".weight").orElseThrow();
    float[] values = TensorData.floats(weight);
    int columns = (int) weight.shape()[1];
    int from = 0;
    for (Rows part : parts) {
      int to = from + part.count() * columns;
      checkpoint.putFloats(
          part.name() + ".weight",
          new long[] {part.count(), columns},
          Arrays.copyOfRange(values, from, to));
      from = to;
    }
    assertThat(from).isEqualTo(values.length);
    checkpoint.remove(fused + ".weight");
  }

  /** Replaces the factors of a layer by the matrix they stand for. */
  private static void multiplyOut(String model, EditedCheckpoint checkpoint, String module) {
    LinearTensors.Factored factored;
    float[] matrix;
    try (Fixture fixture = Fixture.of(model)) {
      factored =
          fixture
              .find()
              .linears()
              .filter(linear -> linear.name().equals(module))
              .map(LinearTensors.Factored.class::cast)
              .findFirst()
              .orElseThrow();
      matrix = matrix(factored);
    }
    for (String name : List.copyOf(checkpoint.names())) {
      if (name.startsWith(module + ".") && !name.endsWith(".bias")) {
        checkpoint.remove(name);
      }
    }
    checkpoint.putFloats(
        module + ".weight", new long[] {factored.outputs(), factored.inputs()}, matrix);
  }

  private static float[] matrix(LinearTensors.Factored layer) {
    int inputs = layer.inputs();
    float[] matrix = new float[layer.outputs() * inputs];
    List<BinaryFactorPath> paths = WeightReader.factored(List.of(layer)).paths();
    for (int at = 0; at < matrix.length; at++) {
      double sum = 0;
      for (BinaryFactorPath path : paths) {
        for (int r = 0; r < path.v().rows(); r++) {
          float[] mid = path.mid();
          sum +=
              (double) path.post()[at / inputs]
                  * path.u().sign(at / inputs, r)
                  * (mid == null ? 1 : mid[r])
                  * path.v().sign(r, at % inputs)
                  * path.pre()[at % inputs];
        }
      }
      matrix[at] = (float) sum;
    }
    return matrix;
  }
}
