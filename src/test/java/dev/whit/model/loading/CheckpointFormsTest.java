package dev.whit.model.loading;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whit.checkpoint.DType;
import dev.whit.checkpoint.Tensor;
import dev.whit.checkpoint.TensorData;
import dev.whit.kernel.BinaryFactorSpec;
import dev.whit.kernel.BitMatrix;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the forms on disk mean, where the goldens do not reach. */
class CheckpointFormsTest {
  private static final String Q = "model.layers.1.self_attn.q_proj";

  @Test
  void latentSignsAreTakenInTheStoredTypeAndZeroIsPositive() {
    try (Fixture fixture = Fixture.of("llama/littlebit-latent-res")) {
      double tiny = Double.MIN_VALUE;
      Tensor f64 =
          tensor(fixture.checkpoint.putDoubles("x", row(6), 0.0, -0.0, tiny, -tiny, -1e-60, 2));
      assertSigns(f64, 1, 1, 1, -1, -1, 1);
      float small = Float.MIN_VALUE;
      Tensor f32 = tensor(fixture.checkpoint.putFloats("x", row(5), 0f, -0f, small, -small, -2));
      assertSigns(f32, 1, 1, 1, -1, -1);
      // Signs and exponents of ±0, the least subnormal, infinity: the same bits in both types.
      short[] bits = {0, (short) 0x8000, 1, (short) 0x8001, (short) 0xbf80};
      assertSigns(
          tensor(fixture.checkpoint.putShorts("x", DType.BF16, row(5), bits)), 1, 1, 1, -1, -1);
      assertSigns(
          tensor(fixture.checkpoint.putShorts("x", DType.F16, row(5), bits)), 1, 1, 1, -1, -1);
    }
  }

  @Test
  void unpackedNanoquantFactorsAreTheSameAsPackedOnes() {
    try (Fixture packed = Fixture.of("llama/nanoquant-pt");
        Fixture unpacked = Fixture.of("llama/nanoquant-pt")) {
      for (String factor : List.of("U", "V")) {
        String name = Q + "." + factor;
        Tensor shape = unpacked.checkpoint.find(name + "_shape").orElseThrow();
        long[] extents = TensorData.longs(shape);
        BitMatrix signs =
            new BitMatrix(
                (int) extents[0],
                (int) extents[1],
                TensorData.contiguous(unpacked.checkpoint.find(name + "_packed").orElseThrow()));
        unpacked
            .checkpoint
            .remove(name + "_packed")
            .remove(name + "_shape")
            .putFloats(name, extents, values(signs));
      }
      BinaryFactorSpec expected = spec(packed);
      BinaryFactorSpec actual = spec(unpacked);
      assertThat(values(actual.paths().getFirst().u()))
          .isEqualTo(values(expected.paths().getFirst().u()));
      assertThat(values(actual.paths().getFirst().v()))
          .isEqualTo(values(expected.paths().getFirst().v()));
    }
  }

  @Test
  void theProductOfMidScalesIsNotRoundedToTheirType() {
    try (Fixture fixture = Fixture.of("llama/littlebit")) {
      fixture.checkpoint.setBf16(Q + ".v1", 0, 1.0078125f).setBf16(Q + ".u2", 0, 1.0078125f);
      float @Nullable [] mid = spec(fixture).paths().getFirst().mid();
      assertThat(mid).isNotNull().startsWith(1.0078125f * 1.0078125f);
    }
  }

  @Test
  void namesMayLackTheModelPrefix() {
    try (Fixture fixture = Fixture.of("llama/littlebit")) {
      fixture.checkpoint.renameAll("model.", "");
      assertThat(fixture.find().unasked()).isEmpty();
    }
  }

  @Test
  void ranksAndResidualsComeFromTheTensors() {
    try (Fixture fixture = Fixture.of("llama-bias/littlebit-res")) {
      LinearTensors query = fixture.find().layers().get(1).qkv().getFirst();
      assertThat(query.ranks()).hasSize(2);
      assertThat(query.bias()).isPresent();
    }
    try (Fixture fixture = Fixture.of("llama/littlebit")) {
      LinearTensors query = fixture.find().layers().get(1).qkv().getFirst();
      assertThat(query.ranks()).hasSize(1);
      assertThat(query.bias()).isEmpty();
    }
  }

  @Test
  void informationalTensorsAndATiedHeadAreNoSurprise() {
    try (Fixture fixture = Fixture.of("llama3/littlebit-res")) {
      fixture
          .checkpoint
          .putFloats("lm_head.weight", new long[] {1}, 0)
          .putFloats("model.layers.0.self_attn.rotary_emb.inv_freq", row(1), 0)
          .putFloats(Q + ".i_norm", row(1), 0)
          .putFloats(Q + ".o_norm", row(1), 0);
      assertThat(fixture.summary().warnings()).isEmpty();
    }
  }

  @Test
  void tensorsNobodyAskedForAreCounted() {
    try (Fixture fixture = Fixture.of("llama/littlebit")) {
      fixture.checkpoint.putFloats("a", row(1), 0).putFloats("b", row(1), 0);
      assertThat(fixture.summary().warnings())
          .containsExactly("2 tensors that the model does not use: a, b");
    }
  }

  @Test
  void theFormatNamesEveryFormThereIs() {
    try (Fixture fixture = Fixture.of("llama/littlebit")) {
      String key = "model.layers.1.self_attn.k_proj";
      fixture
          .checkpoint
          .renameAll(key + ".", "dropped.")
          .putFloats(key + ".weight", new long[] {64, 64}, new float[64 * 64]);
      assertThat(fixture.summary().format()).isEqualTo("littlebit+dense");
    }
  }

  private static long[] row(int length) {
    return new long[] {1, length};
  }

  private static Tensor tensor(EditedCheckpoint checkpoint) {
    return checkpoint.find("x").orElseThrow();
  }

  private static void assertSigns(Tensor tensor, float... expected) {
    assertThat(values(LatentSigns.pack(new LinearTensors.SignTensor.Latent(tensor, false))))
        .as("%s", tensor.dtype())
        .isEqualTo(expected);
  }

  private static float[] values(BitMatrix matrix) {
    float[] values = new float[matrix.rows() * matrix.cols()];
    for (int i = 0; i < values.length; i++) {
      values[i] = matrix.sign(i / matrix.cols(), i % matrix.cols());
    }
    return values;
  }

  private static BinaryFactorSpec spec(Fixture fixture) {
    LinearTensors query = fixture.find().layers().get(1).qkv().getFirst();
    return WeightReader.factored(List.of((LinearTensors.Factored) query));
  }
}
