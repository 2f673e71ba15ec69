package dev.whit.engine;

import dev.whit.kernel.Activation;
import dev.whit.kernel.AttentionSpec;
import dev.whit.kernel.Buffer;
import dev.whit.kernel.DenseSpec;
import dev.whit.kernel.DenseWeights;
import dev.whit.kernel.FloatType;
import dev.whit.kernel.Kernels;
import dev.whit.model.Attention;
import dev.whit.model.Decoder;
import dev.whit.model.DecoderLayer;
import dev.whit.model.DenseLinear;
import dev.whit.model.LayerConfig;
import dev.whit.model.Mlp;
import dev.whit.model.ModelConfig;
import dev.whit.model.Resources;
import dev.whit.model.RmsNorm;
import dev.whit.model.RopeConfig;
import dev.whit.model.RopeScaling;
import dev.whit.model.StackedLinear;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** A decoder of two layers with random weights. */
final class TinyDecoder {
  static final int VOCABULARY = 48;
  private static final int HIDDEN = 16;
  private static final int INTERMEDIATE = 24;
  private static final int HEADS = 4;
  private static final int KV_HEADS = 2;
  private static final int HEAD_DIM = 4;

  private final Kernels kernels;
  private final Random random = new Random(7);
  private final Resources weights = new Resources();

  private TinyDecoder(Kernels kernels) {
    this.kernels = kernels;
  }

  static Decoder create(Kernels kernels) {
    return new TinyDecoder(kernels).build();
  }

  private Decoder build() {
    RopeConfig rope = new RopeConfig(10_000, HEAD_DIM, 256, new RopeScaling.Default());
    LayerConfig full = new LayerConfig(0, rope);
    float scale = (float) (1 / Math.sqrt(HEAD_DIM));
    ModelConfig config =
        new ModelConfig(
            "llama",
            VOCABULARY,
            HIDDEN,
            INTERMEDIATE,
            HEADS,
            KV_HEADS,
            HEAD_DIM,
            256,
            1e-5f,
            Activation.SILU,
            scale,
            0,
            1,
            false,
            List.of(full, full));
    List<DecoderLayer> layers = Stream.generate(() -> layer(scale)).limit(2).toList();
    return new Decoder(
        config,
        kernels,
        dense(VOCABULARY, HIDDEN, 1),
        layers,
        norm(),
        new DenseLinear(dense(VOCABULARY, HIDDEN, 1)),
        weights);
  }

  private DecoderLayer layer(float scale) {
    AttentionSpec spec = new AttentionSpec(HEADS, KV_HEADS, HEAD_DIM, scale, 0, 0);
    int qkv = (HEADS + 2 * KV_HEADS) * HEAD_DIM;
    return new DecoderLayer(
        norm(),
        new Attention(spec, stacked(qkv), new DenseLinear(dense(HIDDEN, HEADS * HEAD_DIM, 0.3))),
        norm(),
        new Mlp(
            Activation.SILU,
            stacked(2 * INTERMEDIATE),
            new DenseLinear(dense(HIDDEN, INTERMEDIATE, 0.3))));
  }

  private StackedLinear stacked(int outputs) {
    return new StackedLinear(List.of(new DenseLinear(dense(outputs, HIDDEN, 0.3))));
  }

  private RmsNorm norm() {
    Buffer weight = weights.add(kernels.allocate(HIDDEN));
    weight.write(values(HIDDEN, 1), 0, 0, HIDDEN);
    return new RmsNorm(weight, 1e-5f);
  }

  private DenseWeights dense(int outputs, int inputs, double deviation) {
    MemorySegment data = MemorySegment.ofArray(values(outputs * inputs, deviation));
    // ofArray is native order; the test machines are little-endian as the format is.
    DenseSpec.Block block = new DenseSpec.Block(outputs, FloatType.F32, data);
    return weights.add(kernels.prepare(new DenseSpec(inputs, List.of(block), null)));
  }

  private float[] values(int count, double deviation) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextGaussian() * deviation);
    }
    return values;
  }
}
