package dev.whit.model.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.whit.checkpoint.CheckpointException;
import dev.whit.checkpoint.DType;
import dev.whit.kernel.cpu.ScalarKernels;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** One test per way in which tensors can contradict the model, the configuration or each other. */
class TensorRejectionTest {
  private static final String LITTLEBIT = "llama/littlebit";
  private static final String NANOQUANT = "llama/nanoquant-pt";
  private static final String Q = "model.layers.1.self_attn.q_proj";
  private static final String DOWN = "model.layers.0.mlp.down_proj";

  @Test
  void packedWithoutShape() {
    assertRejected(
        LITTLEBIT,
        edit -> edit.remove(Q + ".U_shape"),
        Q + ".U_packed",
        "packed words without " + Q + ".U_shape");
  }

  @Test
  void shapeWithoutPacked() {
    assertRejected(
        NANOQUANT,
        edit -> edit.remove(Q + ".V_packed"),
        Q + ".V_shape",
        "a shape without " + Q + ".V_packed");
  }

  @Test
  void wordCountThatDoesNotMatchTheShape() {
    assertRejected(
        LITTLEBIT,
        edit -> edit.putInts(Q + ".V_packed", new long[] {8, 3}, new int[24]),
        Q + ".V_packed",
        "I32 [8, 3], expected I32");
  }

  @Test
  void wordsOfAnotherType() {
    assertRejected(
        LITTLEBIT,
        edit -> edit.putFloats(Q + ".U_packed", new long[] {64, 1}, new float[64]),
        Q + ".U_packed",
        "F32 [64, 1], expected I32");
  }

  @Test
  void shapeThatIsNotTwoWholeNumbers() {
    assertRejected(
        LITTLEBIT, edit -> edit.putLongs(Q + ".U_shape", 64, 8, 1), Q + ".U_shape", "I64 [3]");
  }

  @Test
  void shapeOfZeroRows() {
    assertRejected(
        LITTLEBIT,
        edit -> edit.putLongs(Q + ".V_shape", 0, 64),
        Q + ".V_shape",
        "says [0, 64]: extents must be from 1");
  }

  @Test
  void negativeShape() {
    assertRejected(
        LITTLEBIT, edit -> edit.putLongs(Q + ".V_shape", -8, 64), Q + ".V_shape", "says [-8, 64]");
  }

  @Test
  void shapeBeyondAnyMatrix() {
    assertRejected(
        LITTLEBIT,
        edit -> edit.putLongs(Q + ".V_shape", 8, Long.MAX_VALUE),
        Q + ".V_shape",
        "extents must be from 1 to");
  }

  @Test
  void rankOfUThatIsNotTheRankOfV() {
    assertRejected(
        LITTLEBIT,
        edit ->
            edit.putInts(Q + ".U_packed", new long[] {64, 1}, new int[64])
                .putLongs(Q + ".U_shape", 64, 5),
        Q + ".U_packed",
        "rank of U is 5, rank of V is");
  }

  @Test
  void outputsThatContradictTheHeads() {
    assertRejected(
        LITTLEBIT,
        edit -> edit.swapAll(Q + ".", "model.layers.1.mlp.gate_proj."),
        Q + ".U_packed",
        "has 144 outputs, expected 64 (num_attention_heads * head_dim)");
  }

  @Test
  void inputsThatContradictTheIntermediateSize() {
    assertRejected(
        LITTLEBIT,
        edit -> edit.swapAll(Q + ".", DOWN + "."),
        DOWN + ".V_packed",
        "has 64 inputs, expected 144 (intermediate_size)");
  }

  @Test
  void denseWeightThatContradictsTheHiddenSize() {
    assertRejected(
        "mistral/dense",
        edit -> edit.putFloats(Q + ".weight", new long[] {64, 32}, new float[2048]),
        Q + ".weight",
        "F32 [64, 32], expected shape [64 (num_attention_heads * head_dim), 64 (hidden_size)]");
  }

  @Test
  void embeddingThatContradictsTheVocabulary() {
    assertRejected(
        "mistral/dense",
        edit -> edit.putFloats("model.embed_tokens.weight", new long[] {4, 64}, new float[256]),
        "model.embed_tokens.weight",
        "320 (vocab_size)");
  }

  @Test
  void denseWeightOfATypeThatIsNotServed() {
    assertRejected(
        "mistral/dense",
        edit -> edit.putDoubles(Q + ".weight", new long[] {64, 64}, new double[4096]),
        Q + ".weight",
        "F64 [64, 64], expected F16, BF16 or F32");
  }

  @Test
  void littlebitScaleOfTheWrongLength() {
    assertRejected(
        LITTLEBIT,
        edit -> edit.putFloats(Q + ".v2", new long[] {1, 63}, new float[63]),
        Q + ".v2",
        "F32 [1, 63], expected a vector of 64 (hidden_size)");
  }

  @Test
  void nanoquantScaleOfTheWrongLength() {
    assertRejected(
        NANOQUANT,
        edit -> edit.putFloats(Q + ".scale_post", new long[] {65}, new float[65]),
        Q + ".scale_post",
        "expected a vector of 64");
  }

  @Test
  void scaleThatIsAMatrix() {
    assertRejected(
        NANOQUANT,
        edit -> edit.putFloats(Q + ".scale_pre", new long[] {8, 8}, new float[64]),
        Q + ".scale_pre",
        "expected a vector of 64");
  }

  @Test
  void scaleThatIsNotANumber() {
    assertRejected(
        LITTLEBIT,
        edit -> edit.setBf16(Q + ".u1", 3, Float.NaN),
        Q + ".u1",
        "element 3 is NaN: every value must be finite");
  }

  @Test
  void scaleThatIsInfinite() {
    assertRejected(
        NANOQUANT,
        edit -> edit.setBf16(Q + ".scale_pre", 0, Float.NEGATIVE_INFINITY),
        Q + ".scale_pre",
        "element 0 is -Infinity");
  }

  @Test
  void midScalesWhoseProductOverflows() {
    assertRejected(
        LITTLEBIT,
        edit -> edit.setBf16(Q + ".v1", 2, 3e38f).setBf16(Q + ".u2", 2, 3e38f),
        Q + ".u2",
        "element 2 is Infinity");
  }

  @Test
  void normThatIsNotANumber() {
    assertRejected(
        LITTLEBIT,
        edit -> edit.setBf16("model.norm.weight", 9, Float.NaN),
        "model.norm.weight",
        "");
  }

  @Test
  void missingScale() {
    assertRejected(
        LITTLEBIT,
        edit -> edit.remove(Q + ".u2"),
        Q + ".u2",
        "missing: the layer has factors without this scale");
  }

  @Test
  void factorsWithoutAnyScale() {
    assertRejected(
        NANOQUANT,
        edit -> edit.remove(Q + ".scale_pre").remove(Q + ".scale_post"),
        Q,
        "has ±1 factors but no scales");
  }

  @Test
  void scalesWithoutAFactor() {
    assertRejected(
        NANOQUANT,
        edit -> edit.remove(Q + ".V_packed").remove(Q + ".V_shape"),
        Q + ".V",
        "missing: the layer has scales without this factor");
  }

  @Test
  void halfOfAResidualPath() {
    assertRejected(
        "llama-bias/littlebit-res", edit -> edit.remove(Q + ".u1_R"), Q + ".u1_R", "missing");
  }

  @Test
  void biasOfTheWrongLength() {
    assertRejected(
        "llama-bias/littlebit-res",
        edit -> edit.putFloats(Q + ".bias", new long[] {4}, new float[4]),
        Q + ".bias",
        "expected a vector of 96");
  }

  @Test
  void layerWithNeitherFactorsNorWeight() {
    assertRejected(
        "mistral/dense",
        edit -> edit.remove(Q + ".weight"),
        Q,
        "has neither factors nor a dense weight");
  }

  @Test
  void fallbackFileWithFactorsOfTheLastLayerOnly() {
    assertRejected(
        NANOQUANT,
        edit -> edit.retain("model.layers.2.mlp.down_proj."),
        "model.layers.0.self_attn.q_proj",
        "has neither factors nor a dense weight; the file has factors of the last layer only");
  }

  @Test
  void missingNorm() {
    assertRejected(
        LITTLEBIT,
        edit -> edit.remove("model.layers.1.input_layernorm.weight"),
        "model.layers.1.input_layernorm.weight",
        "missing");
  }

  @Test
  void missingEmbedding() {
    assertRejected(
        LITTLEBIT,
        edit -> edit.remove("model.embed_tokens.weight"),
        "model.embed_tokens.weight",
        "missing: the token embedding");
  }

  @Test
  void missingHead() {
    assertRejected(
        LITTLEBIT,
        edit -> edit.remove("lm_head.weight"),
        "lm_head.weight",
        "missing: the output head (tie_word_embeddings is false)");
  }

  @Test
  void latentThatIsNotANumber() {
    assertRejected(
        "llama/littlebit-latent-res",
        edit -> edit.setBf16(Q + ".V", 7, Float.NaN),
        Q + ".V",
        "element 7 is NaN: it has no sign");
  }

  @Test
  void unpackedNanoquantFactorThatIsNotASign() {
    short[] ones = new short[64 * 64];
    Arrays.fill(ones, (short) 0x3c00);
    ones[5] = 0x3800;
    assertRejected(
        NANOQUANT,
        edit ->
            edit.remove(Q + ".U_packed")
                .remove(Q + ".U_shape")
                .putShorts(Q + ".U", DType.F16, new long[] {64, 64}, ones),
        Q + ".U",
        "element 5 is 0.5: an unpacked factor holds only +1 and -1");
  }

  @Test
  void salientColumnsWithoutTheirWeights() {
    assertRejected(
        NANOQUANT,
        edit -> edit.putInts(Q + ".salient_idx", new long[] {1}, 4),
        Q + ".salient_weight",
        "missing");
  }

  @Test
  void salientColumnsOutsideTheInputs() {
    assertSalientRejected(new int[] {4, 64}, "names column 64 of 64 inputs");
    assertSalientRejected(new int[] {-1, 3}, "names column -1 of 64 inputs");
    assertSalientRejected(new int[] {3, 3}, "names column 3 twice");
  }

  private static void assertSalientRejected(int[] index, String reason) {
    assertRejected(
        NANOQUANT,
        edit ->
            edit.putInts(Q + ".salient_idx", new long[] {2}, index)
                .putFloats(Q + ".salient_weight", new long[] {64, 2}, new float[128]),
        Q + ".salient_idx",
        reason);
  }

  @Test
  void salientWeightsOfAnotherShapeOrType() {
    assertRejected(
        NANOQUANT,
        edit ->
            edit.putInts(Q + ".salient_idx", new long[] {2}, 1, 2)
                .putFloats(Q + ".salient_weight", new long[] {2, 64}, new float[128]),
        Q + ".salient_weight",
        "F32 [2, 64], expected shape");
    assertRejected(
        NANOQUANT,
        edit ->
            edit.putInts(Q + ".salient_idx", new long[] {2}, 1, 2)
                .putInts(Q + ".salient_weight", new long[] {64, 2}, new int[128]),
        Q + ".salient_weight",
        "expected F16, BF16, F32 or I8");
    assertRejected(
        NANOQUANT,
        edit ->
            edit.putInts(Q + ".salient_idx", new long[] {2}, 1, 2)
                .putFloats(Q + ".salient_weight", new long[] {64, 2}, new float[128])
                .putFloats(Q + ".salient_scale", new long[] {2}, 1, 1),
        Q + ".salient_weight",
        "only I8 has a");
  }

  @Test
  void salientColumnsBesideFactorsOfAnotherForm() {
    assertRejected(
        LITTLEBIT,
        edit -> edit.putInts(Q + ".salient_idx", new long[] {1}, 4),
        Q,
        "salient columns beside factors of another form");
  }

  private static void assertRejected(
      String model, Consumer<EditedCheckpoint> edit, String tensor, String reason) {
    try (Fixture fixture = Fixture.of(model);
        ScalarKernels kernels = new ScalarKernels()) {
      edit.accept(fixture.checkpoint);
      assertThatThrownBy(() -> fixture.build(kernels).close())
          .asInstanceOf(type(CheckpointException.class))
          .satisfies(e -> {
            assertThat(e.tensor()).isEqualTo(tensor);
            assertThat(e.reason()).contains(reason);
            assertThat(e.file().toString()).contains(model);
          });
    }
  }
}
