package dev.whit.model.loading;

import dev.whit.checkpoint.Tensor;
import dev.whit.model.LayerConfig;
import dev.whit.model.ModelConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Counts what a {@link ModelSummary} says. */
final class Summaries {
  /** Names listed of the tensors that nobody asked for. */
  private static final int NAMES_SHOWN = 3;

  private Summaries() {}

  static ModelSummary summarise(ModelConfig config, ModelTensors tensors, List<String> assumed) {
    return new ModelSummary(
        config,
        tensors.linears().map(LinearTensors::format).distinct().collect(Collectors.joining("+")),
        features(config, tensors),
        parameters(tensors),
        (double) tensors.linears().mapToLong(LinearTensors::bits).sum()
            / tensors.linears().mapToLong(Summaries::weights).sum(),
        new ModelSummary.WeightBytes(
            bytes(tensors.embedding()),
            tensors.head().map(LinearTensors::storedBytes).orElse(0L),
            tensors.linears().mapToLong(LinearTensors::storedBytes).sum(),
            tensors.norms().mapToLong(Summaries::bytes).sum()),
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
    return tensors.embedding().elements()
        + tensors.head().map(Summaries::weights).orElse(0L)
        + linears.sum()
        + tensors.norms().mapToLong(Tensor::elements).sum();
  }

  private static long bytes(Tensor tensor) {
    return tensor.elements() * tensor.dtype().bytes();
  }

  private static List<String> features(ModelConfig config, ModelTensors tensors) {
    List<String> features = new ArrayList<>();
    features.add(
        "%d heads over %d key/value heads of %d"
            .formatted(config.heads(), config.kvHeads(), config.headDim()));
    features.add(config.activation().name().toLowerCase(Locale.ROOT) + "-gated feed-forward");
    config.layers().stream()
        .map(LayerConfig::rope)
        .distinct()
        .forEach(rope -> features.add("rope " + rope.scaling().type() + ", theta " + rope.theta()));
    config.layers().stream()
        .mapToInt(LayerConfig::slidingWindow)
        .filter(window -> window > 0)
        .distinct()
        .forEach(window -> features.add("sliding window " + window));
    features.add(config.tiedHead() ? "tied head" : "untied head");
    long biases = tensors.linears().filter(l -> l.bias().isPresent()).count();
    if (biases > 0) {
      features.add("bias on " + biases + " linear layers");
    }
    return List.copyOf(features);
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
