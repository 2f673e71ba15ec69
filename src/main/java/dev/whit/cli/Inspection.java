package dev.whit.cli;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.whit.kernel.KvType;
import dev.whit.model.ModelConfig;
import dev.whit.model.loading.LinearSummary;
import dev.whit.model.loading.MemoryPlan;
import dev.whit.model.loading.ModelSummary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What {@code whit inspect} shows; its form is the JSON's.
 *
 * @param licence the licence that the checkpoint states, null if it states none
 * @param bitsPerWeight effective bits per weight of the linear layers, scales counted
 * @param ranks layers with the same linears, in order
 * @param memory what it would take of a device
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record Inspection(
    String path,
    String architecture,
    String format,
    @Nullable String licence,
    Shape shape,
    List<String> features,
    long parameters,
    double bitsPerWeight,
    Bytes bytes,
    KvCache kvCache,
    List<LayerRange> ranks,
    Memory memory,
    List<String> assumedDefaults,
    List<String> warnings) {

  /** Sizes of the architecture. */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Shape(
      int layers,
      int hiddenSize,
      int intermediateSize,
      int heads,
      int kvHeads,
      int headDim,
      int vocabularySize,
      int maxContext) {
    static Shape of(ModelConfig config) {
      return new Shape(
          config.layers().size(),
          config.hiddenSize(),
          config.intermediateSize(),
          config.heads(),
          config.kvHeads(),
          config.headDim(),
          config.vocabSize(),
          config.maxPositions());
    }
  }

  /** Bytes in the file by part; head is 0 when the embedding is the head. */
  record Bytes(long embeddings, long head, long linears, long norms, long total) {
    static Bytes of(ModelSummary.WeightBytes bytes) {
      return new Bytes(
          bytes.embeddings(), bytes.head(), bytes.linears(), bytes.norms(), bytes.total());
    }
  }

  /** The key/value cache of one token. */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record KvCache(String type, long bytesPerToken) {}

  /**
   * Neighbouring layers whose linears are alike.
   *
   * @param firstLayer counted from 0
   * @param lastLayer inclusive
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record LayerRange(int firstLayer, int lastLayer, List<Linear> linears) {}

  /**
   * A linear layer.
   *
   * @param name within its layer
   * @param ranks one for each path, none when dense
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Linear(
      String name,
      String format,
      int inputs,
      int outputs,
      List<Integer> ranks,
      double bitsPerWeight) {
    static Linear of(LinearSummary linear, int layer) {
      String prefix = "." + layer + ".";
      int at = linear.name().indexOf(prefix);
      return new Linear(
          at < 0 ? linear.name() : linear.name().substring(at + prefix.length()),
          linear.format(),
          linear.inputs(),
          linear.outputs(),
          linear.ranks(),
          linear.bitsPerWeight());
    }
  }

  /** The memory plan for a device. */
  sealed interface Memory permits Plan, Refusal {
    /** The device, in words. */
    String device();
  }

  /** A plan that fits. */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Plan(
      String device,
      int context,
      int maxSeqs,
      long weightBytes,
      long workspaceBytes,
      long kvBytes,
      int kvBlocks,
      int blockSize,
      long totalBytes,
      long freeBytes)
      implements Memory {
    static Plan of(String device, MemoryPlan plan, int maxSequences) {
      return new Plan(
          device,
          plan.context(),
          maxSequences,
          plan.weightBytes(),
          plan.workspaceBytes(),
          plan.kvBytes(),
          plan.blocks(),
          plan.blockSize(),
          plan.totalBytes(),
          plan.budgetBytes());
    }
  }

  /** Why it does not fit. */
  record Refusal(String device, String refusal) implements Memory {}

  static Inspection of(Path path, ModelSummary summary, KvType kvType, Memory memory) {
    ModelConfig config = summary.config();
    return new Inspection(
        path.toString(),
        config.modelType(),
        summary.format(),
        summary.licence(),
        Shape.of(config),
        summary.features(),
        summary.parameters(),
        summary.bitsPerWeight(),
        Bytes.of(summary.bytes()),
        new KvCache(kvType.name().toLowerCase(Locale.ROOT), config.kvBytesPerToken(kvType)),
        ranges(summary.layers()),
        memory,
        summary.assumedDefaults(),
        summary.warnings());
  }

  private static List<LayerRange> ranges(List<List<LinearSummary>> layers) {
    List<LayerRange> ranges = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      int layer = i;
      List<Linear> linears = layers.get(i).stream().map(l -> Linear.of(l, layer)).toList();
      if (!ranges.isEmpty() && ranges.getLast().linears().equals(linears)) {
        ranges.add(new LayerRange(ranges.removeLast().firstLayer(), i, linears));
      } else {
        ranges.add(new LayerRange(i, i, linears));
      }
    }
    return ranges;
  }
}
