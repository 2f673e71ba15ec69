package dev.whit.model.loading;

import dev.whit.checkpoint.Tensor;
import dev.whit.kernel.AttentionSpec;
import dev.whit.kernel.BinaryFactorSpec;
import dev.whit.kernel.BinaryFactorWeights;
import dev.whit.kernel.Buffer;
import dev.whit.kernel.DenseSpec;
import dev.whit.kernel.DenseWeights;
import dev.whit.kernel.Int8Weights;
import dev.whit.kernel.Kernels;
import dev.whit.kernel.Weights;
import dev.whit.model.Attention;
import dev.whit.model.BinaryFactorLinear;
import dev.whit.model.Decoder;
import dev.whit.model.DecoderLayer;
import dev.whit.model.DenseLinear;
import dev.whit.model.Int8Linear;
import dev.whit.model.LayerConfig;
import dev.whit.model.LayerNorm;
import dev.whit.model.LinearLayer;
import dev.whit.model.Mlp;
import dev.whit.model.ModelConfig;
import dev.whit.model.Norm;
import dev.whit.model.Resources;
import dev.whit.model.RmsNorm;
import dev.whit.model.StackedLinear;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Reads a model's tensors and has the kernels lay them out. */
final class DecoderBuilder {
  private final ModelConfig config;
  private final Kernels kernels;
  private final Turns turns;
  private final float normOffset;
  private final HeadType headType;
  private final Resources weights = new Resources();
  private long residentBytes;
  private StepCost stepCost = StepCost.NONE;
  private StepCost layersCost = StepCost.NONE;

  /**
   * @param turns when the kernels may lay weights out
   * @param normOffset what is added to the weights of RMSNorms
   * @param headType how the output head is kept
   */
  DecoderBuilder(
      ModelConfig config, Kernels kernels, Turns turns, float normOffset, HeadType headType) {
    this.config = config;
    this.kernels = kernels;
    this.turns = turns;
    this.normOffset = normOffset;
    this.headType = headType;
  }

  /** Bytes of device memory that the weights laid out so far hold. */
  long residentBytes() {
    return residentBytes;
  }

  /** What the layers take of each step. */
  StepCost layersCost() {
    return layersCost;
  }

  /** What the head, and the projection before it, take of each step that wants logits. */
  StepCost headCost() {
    return stepCost.minus(layersCost);
  }

  /** Builds the decoder; when that fails, everything laid out before is freed. */
  Decoder build(ModelTensors tensors, LoadListener progress) {
    try {
      DenseSpec table = table(tensors.embedding());
      DenseWeights embedding = own(() -> kernels.prepare(table));
      List<DecoderLayer> layers = new ArrayList<>();
      for (ModelTensors.Layer layer : tensors.layers()) {
        layers.add(layer(layer, config.layers().get(layers.size())));
        progress.onLayers(layers.size(), tensors.layers().size());
      }
      LinearLayer projectIn = tensors.projectIn().map(this::linear).orElse(null);
      layersCost = stepCost;
      Decoder.Ends ends =
          new Decoder.Ends(
              embedding,
              tensors.positions().map(this::matrix).orElse(null),
              projectIn,
              tensors.finalNorm().map(this::norm).orElse(null),
              tensors.projectOut().map(this::linear).orElse(null),
              head(tensors, table, embedding));
      return new Decoder(config, kernels, ends, layers, weights);
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
        config.norms().placement(),
        new DecoderLayer.Norms(
            norm(tensors.attentionNorm()),
            tensors.attentionOutputNorm().map(this::norm).orElse(null),
            norm(tensors.mlpNorm()),
            tensors.mlpOutputNorm().map(this::norm).orElse(null)),
        new Attention(
            spec,
            stack(tensors.qkv()),
            tensors.queryNorm().map(this::rmsNorm).orElse(null),
            tensors.keyNorm().map(this::rmsNorm).orElse(null),
            linear(tensors.output())),
        new Mlp(config.activation(), config.gated(), stack(tensors.up()), linear(tensors.down())));
  }

  private LinearLayer head(ModelTensors tensors, DenseSpec table, DenseWeights embedding) {
    return switch (headType) {
      case STORED ->
          tensors
              .head()
              .map(this::linear)
              .orElseGet(() -> {
                stepCost = stepCost.plus(StepCost.of(table));
                return new DenseLinear(embedding);
              });
      case INT8 -> tensors.head().map(this::int8).orElseGet(() -> int8(table));
    };
  }

  /** A layer in int8, unless it has fewer bits already. */
  private LinearLayer int8(LinearTensors tensors) {
    return switch (tensors) {
      case LinearTensors.Dense dense -> int8(WeightReader.dense(List.of(dense)));
      case LinearTensors.Factored factored -> linear(factored);
    };
  }

  private LinearLayer int8(DenseSpec spec) {
    Int8Weights laidOut = own(() -> kernels.quantize(spec));
    stepCost = stepCost.plus(StepCost.of(spec, laidOut.residentBytes()));
    return new Int8Linear(laidOut);
  }

  private DenseWeights matrix(Tensor tensor) {
    return own(() -> kernels.prepare(table(tensor)));
  }

  private DenseSpec table(Tensor tensor) {
    residentBytes += WeightReader.copiedBytes(tensor, RowOrder.PLAIN);
    return WeightReader.matrix(tensor);
  }

  private LinearLayer linear(LinearTensors tensors) {
    return merged(List.of(tensors));
  }

  /** Merges neighbours of the same kind into one layer each. */
  private StackedLinear stack(List<LinearTensors> projections) {
    List<LinearLayer> parts = new ArrayList<>();
    int from = 0;
    for (int to = 1; to <= projections.size(); to++) {
      if (to == projections.size()
          || projections.get(to).getClass() != projections.get(from).getClass()) {
        parts.add(merged(projections.subList(from, to)));
        from = to;
      }
    }
    return new StackedLinear(parts);
  }

  /** One layer of projections that are all of the first one's kind. */
  private LinearLayer merged(List<LinearTensors> sameKind) {
    return switch (sameKind.getFirst()) {
      case LinearTensors.Dense d ->
          dense(sameKind.stream().map(LinearTensors.Dense.class::cast).toList());
      case LinearTensors.Factored f ->
          factored(sameKind.stream().map(LinearTensors.Factored.class::cast).toList());
    };
  }

  private LinearLayer dense(List<LinearTensors.Dense> layers) {
    layers.forEach(l -> residentBytes += WeightReader.copiedBytes(l.weight(), l.rows()));
    DenseSpec spec = WeightReader.dense(layers);
    stepCost = stepCost.plus(StepCost.of(spec));
    return new DenseLinear(own(() -> kernels.prepare(spec)));
  }

  private LinearLayer factored(List<LinearTensors.Factored> layers) {
    BinaryFactorSpec spec = WeightReader.factored(layers);
    BinaryFactorWeights laidOut = own(() -> kernels.prepare(spec));
    stepCost = stepCost.plus(StepCost.of(spec, laidOut.residentBytes()));
    return new BinaryFactorLinear(laidOut);
  }

  private Norm norm(ModelTensors.Norm tensors) {
    return switch (config.norms().kind()) {
      case RMS -> rmsNorm(tensors);
      case LAYER ->
          new LayerNorm(
              buffer(WeightReader.finite(tensors.weight())),
              buffer(WeightReader.finite(tensors.bias().orElseThrow())),
              config.norms().epsilon());
    };
  }

  private RmsNorm rmsNorm(ModelTensors.Norm tensors) {
    float[] values = WeightReader.finite(tensors.weight());
    for (int i = 0; i < values.length; i++) {
      values[i] += normOffset;
    }
    return new RmsNorm(buffer(values), config.norms().epsilon());
  }

  private Buffer buffer(float[] values) {
    Buffer buffer = weights.add(kernels.allocate(values.length));
    buffer.write(values, 0, 0, values.length);
    residentBytes += (long) values.length * Float.BYTES;
    return buffer;
  }

  private <W extends Weights> W own(Supplier<W> layOut) {
    W laidOut = turns.turn(layOut);
    residentBytes += laidOut.residentBytes();
    return weights.add(laidOut);
  }
}
