package dev.whit.model.loading;

import dev.whit.checkpoint.Tensor;
import dev.whit.kernel.AttentionSpec;
import dev.whit.kernel.Buffer;
import dev.whit.kernel.DenseWeights;
import dev.whit.kernel.Kernels;
import dev.whit.kernel.Weights;
import dev.whit.model.Attention;
import dev.whit.model.BinaryFactorLinear;
import dev.whit.model.Decoder;
import dev.whit.model.DecoderLayer;
import dev.whit.model.DenseLinear;
import dev.whit.model.LayerConfig;
import dev.whit.model.LinearLayer;
import dev.whit.model.Mlp;
import dev.whit.model.ModelConfig;
import dev.whit.model.Resources;
import dev.whit.model.RmsNorm;
import dev.whit.model.StackedLinear;
import java.util.ArrayList;
import java.util.List;

/** Reads a model's tensors and has the kernels lay them out. */
final class DecoderBuilder {
  private final ModelConfig config;
  private final Kernels kernels;
  private final Resources weights = new Resources();
  private long residentBytes;

  DecoderBuilder(ModelConfig config, Kernels kernels) {
    this.config = config;
    this.kernels = kernels;
  }

  /** Bytes of device memory that the weights laid out so far hold. */
  long residentBytes() {
    return residentBytes;
  }

  /** Builds the decoder; when that fails, everything laid out before is freed. */
  Decoder build(ModelTensors tensors, LoadListener progress) {
    try {
      DenseWeights embedding = own(kernels.prepare(WeightReader.matrix(tensors.embedding())));
      List<DecoderLayer> layers = new ArrayList<>();
      for (ModelTensors.Layer layer : tensors.layers()) {
        layers.add(layer(layer, config.layers().get(layers.size())));
        progress.onLayers(layers.size(), tensors.layers().size());
      }
      LinearLayer head =
          tensors.head().map(h -> linear(List.of(h))).orElseGet(() -> new DenseLinear(embedding));
      return new Decoder(
          config, kernels, embedding, layers, norm(tensors.finalNorm()), head, weights);
    } catch (Throwable e) {
      weights.close();
      throw e;
    }
  }

  private DecoderLayer layer(ModelTensors.Layer tensors, LayerConfig layer) {
    AttentionSpec spec =
        new AttentionSpec(
            config.heads(),
            config.kvHeads(),
            config.headDim(),
            config.attentionScale(),
            layer.slidingWindow(),
            config.attentionSoftCap());
    return new DecoderLayer(
        norm(tensors.inputNorm()),
        new Attention(
            spec,
            stack(List.of(tensors.query(), tensors.key(), tensors.value())),
            linear(List.of(tensors.output()))),
        norm(tensors.postAttentionNorm()),
        new Mlp(
            config.activation(),
            stack(List.of(tensors.gate(), tensors.up())),
            linear(List.of(tensors.down()))));
  }

  /** Merges neighbours of the same kind into one layer each. */
  private StackedLinear stack(List<LinearTensors> projections) {
    List<LinearLayer> parts = new ArrayList<>();
    int from = 0;
    for (int to = 1; to <= projections.size(); to++) {
      if (to == projections.size()
          || projections.get(to).getClass() != projections.get(from).getClass()) {
        parts.add(linear(projections.subList(from, to)));
        from = to;
      }
    }
    return new StackedLinear(parts);
  }

  /** One layer of projections that are all of the first one's kind. */
  private LinearLayer linear(List<LinearTensors> sameKind) {
    return switch (sameKind.getFirst()) {
      case LinearTensors.Dense d ->
          new DenseLinear(
              own(
                  kernels.prepare(
                      WeightReader.dense(
                          sameKind.stream().map(LinearTensors.Dense.class::cast).toList()))));
      case LinearTensors.Factored f ->
          new BinaryFactorLinear(
              own(
                  kernels.prepare(
                      WeightReader.factored(
                          sameKind.stream().map(LinearTensors.Factored.class::cast).toList()))));
    };
  }

  private RmsNorm norm(Tensor tensor) {
    float[] values = WeightReader.finite(tensor);
    Buffer weight = weights.add(kernels.allocate(values.length));
    weight.write(values, 0, 0, values.length);
    residentBytes += (long) values.length * Float.BYTES;
    return new RmsNorm(weight, config.normEpsilon());
  }

  private <W extends Weights> W own(W laidOut) {
    residentBytes += laidOut.residentBytes();
    return weights.add(laidOut);
  }
}
