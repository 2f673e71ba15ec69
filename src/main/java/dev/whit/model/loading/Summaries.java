package dev.whit.model.loading;

import dev.whit.checkpoint.Tensor;
import dev.whit.model.LayerConfig;
import dev.whit.model.ModelConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Counts what a {@link ModelSummary} says. */
final class Summaries {
  /** Names listed of the tensors that nobody asked for. */
  private static final int NAMES_SHOWN = 3;

  private Summaries() {}

  static ModelSummary summarise(
      ModelConfig config, ModelTensors tensors, @Nullable String licence, List<String> assumed) {
    return new ModelSummary(
        config,
        tensors.linears().map(LinearTensors::format).distinct().collect(Collectors.joining("+")),
        licence,
        features(config, tensors),
        parameters(tensors),
        (double) tensors.linears().mapToLong(LinearTensors::bits).sum()
            / tensors.linears().mapToLong(Summaries::weights).sum(),
        new ModelSummary.WeightBytes(
            tensors.embeddings().mapToLong(Summaries::bytes).sum(),
            tensors.head().map(LinearTensors::storedBytes).orElse(0L),
            tensors.linears().mapToLong(LinearTensors::storedBytes).sum(),
            tensors.norms().mapToLong(Summaries::bytes).sum()),
        copiedBytes(tensors),
        tensors.layers().stream()
            .map(layer -> layer.linears().stream().map(Summaries::linear).toList())
            .toList(),
        assumed,
        warnings(tensors));
  }

  private static LinearSummary linear(LinearTensors linear) {
    return new LinearSummary(
        linear.name(),
        linear.format(),
        linear.inputs(),
        linear.outputs(),
        linear.ranks(),
        (double) linear.bits() / weights(linear));
  }

  private static long weights(LinearTensors linear) {
    return (long) linear.inputs() * linear.outputs();
  }

  private static long parameters(ModelTensors tensors) {
    LongStream linears =
        tensors.linears().mapToLong(l -> weights(l) + l.bias().map(Tensor::elements).orElse(0L));
    return tensors.embeddings().mapToLong(Tensor::elements).sum()
        + tensors.head().map(Summaries::weights).orElse(0L)
        + linears.sum()
        + tensors.norms().mapToLong(Tensor::elements).sum();
  }

  private static long copiedBytes(ModelTensors tensors) {
    long embeddings =
        tensors
            .embeddings()
            .mapToLong(tensor -> WeightReader.copiedBytes(tensor, RowOrder.PLAIN))
            .sum();
    return embeddings
        + Stream.concat(tensors.linears(), tensors.head().stream())
            .mapToLong(linear ->
                linear instanceof LinearTensors.Dense dense
                    ? WeightReader.copiedBytes(dense.weight(), dense.rows())
                    : 0)
            .sum();
  }

  private static long bytes(Tensor tensor) {
    return tensor.dtype().byteSize(tensor.elements());
  }

  private static List<String> features(ModelConfig config, ModelTensors tensors) {
    List<String> features = new ArrayList<>();
    features.add(
        "%d heads over %d key/value heads of %d"
            .formatted(config.heads(), config.kvHeads(), config.headDim()));
    if (config.norms().queryKey()) {
      features.add("norms of queries and keys");
    }
    features.add(
        switch (config.norms().kind()) {
              case RMS -> "RMSNorm";
              case LAYER -> "LayerNorm";
            }
            + switch (config.norms().placement()) {
              case PRE -> " before each branch";
              case POST -> " after each sum";
              case SANDWICH -> " before and after each branch";
            });
    features.add(
        config.activation().name().toLowerCase(Locale.ROOT)
            + (config.gated() ? "-gated feed-forward" : " feed-forward"));
    config
        .ropes()
        .forEach(rope -> features.add("rope " + rope.scaling().type() + ", theta " + rope.theta()));
    if (config.learnedPositions().isPresent()) {
      features.add("learned positions");
    }
    if (config.embeddingSize() != config.hiddenSize()) {
      features.add("embedding of width " + config.embeddingSize());
    }
    if (config.attentionSoftCap() > 0) {
      features.add("attention scores capped at " + config.attentionSoftCap());
    }
    if (config.logitSoftCap() > 0) {
      features.add("logits capped at " + config.logitSoftCap());
    }
    config.layers().stream()
        .mapToInt(LayerConfig::slidingWindow)
        .filter(window -> window > 0)
        .distinct()
        .forEach(window -> features.add(slidingWindow(config, window)));
    features.add(config.tiedHead() ? "tied head" : "untied head");
    long biases = tensors.linears().filter(l -> l.bias().isPresent()).count();
    if (biases > 0) {
      features.add("bias on " + biases + " linear layers");
    }
    return List.copyOf(features);
  }

  private static String slidingWindow(ModelConfig config, int window) {
    long layers = config.layers().stream().filter(l -> l.slidingWindow() == window).count();
    return "sliding window "
        + window
        + (layers == config.layers().size() ? "" : " in " + layers + " layers");
  }

  private static List<String> warnings(ModelTensors tensors) {
    List<String> unasked = tensors.unasked();
    if (unasked.isEmpty()) {
      return List.of();
    }
    String names = String.join(", ", unasked.subList(0, Math.min(NAMES_SHOWN, unasked.size())));
    return List.of(
        "%d tensors that the model does not use: %s%s"
            .formatted(unasked.size(), names, unasked.size() > NAMES_SHOWN ? ", …" : ""));
  }
}
