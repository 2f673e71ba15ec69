package dev.whit.model.loading;

import dev.whit.kernel.Activation;
import dev.whit.model.LayerConfig;
import dev.whit.model.ModelConfig;
import dev.whit.model.RopeConfig;
import java.util.Collections;
import java.util.List;

/** Configurations of Llama and of what differs from it only in class defaults: Mistral. */
final class LlamaConfigParser {
  // Far above any model there is; they keep products of two of them within an int or a long.
  private static final int MAX_WIDTH = 1 << 20;
  private static final int MAX_VOCAB = 1 << 24;
  private static final int MAX_LAYERS = 4096;
  private static final int MAX_HEADS = 4096;
  private static final int MAX_HEAD_DIM = 4096;
  private static final int MAX_POSITIONS = 1 << 28;

  private LlamaConfigParser() {}

  static ModelConfig parse(ConfigSection config, Family family) {
    ClassDefaults defaults = family.defaults();
    UnsupportedFeatures.refuse(config);
    int hiddenSize = config.positive("hidden_size", MAX_WIDTH, defaults.hiddenSize());
    int heads = config.positive("num_attention_heads", MAX_HEADS, defaults.heads());
    int headDim = headDim(config, hiddenSize, heads);
    int maxPositions =
        config.positive("max_position_embeddings", MAX_POSITIONS, defaults.maxPositions());
    int window = slidingWindow(config, defaults);
    RopeConfig rope = RopeParser.parse(config, defaults.ropeTheta(), headDim, maxPositions);
    int layers = config.positive("num_hidden_layers", MAX_LAYERS, defaults.layers());
    checkLayerTypes(config, window, layers);
    return new ModelConfig(
        family.modelType(),
        config.positive("vocab_size", MAX_VOCAB, defaults.vocabSize()),
        hiddenSize,
        config.positive("intermediate_size", MAX_WIDTH, defaults.intermediateSize()),
        heads,
        kvHeads(config, defaults, heads),
        headDim,
        maxPositions,
        (float) config.number("rms_norm_eps", 0, 1, defaults.normEpsilon()),
        activation(config),
        (float) (1 / Math.sqrt(headDim)),
        0,
        1,
        config.flag("tie_word_embeddings", defaults.tiedHead()),
        Collections.nCopies(layers, new LayerConfig(window, rope)));
  }

  private static int headDim(ConfigSection config, int hiddenSize, int heads) {
    if (config.has("head_dim")) {
      return config.positive("head_dim", MAX_HEAD_DIM);
    }
    if (hiddenSize % heads != 0) {
      throw config.invalid(
          "num_attention_heads",
          "is " + heads + ": must divide hidden_size " + hiddenSize + " when head_dim is absent");
    }
    return hiddenSize / heads;
  }

  private static int kvHeads(ConfigSection config, ClassDefaults defaults, int heads) {
    String key = "num_key_value_heads";
    int kvHeads;
    if (config.has(key)) {
      kvHeads = config.positive(key, MAX_HEADS);
    } else {
      // An explicit null means as many as query heads, whatever the class default.
      boolean asHeads = config.mentions(key) || defaults.kvHeads() == 0;
      kvHeads = config.assume(key, asHeads ? heads : defaults.kvHeads());
    }
    if (heads % kvHeads != 0) {
      throw config.invalid(key, "is " + kvHeads + ": must divide num_attention_heads " + heads);
    }
    return kvHeads;
  }

  private static Activation activation(ConfigSection config) {
    String name = config.text("hidden_act").orElseGet(() -> config.assume("hidden_act", "silu"));
    return switch (name) {
      case "silu", "swish" -> Activation.SILU;
      default -> throw config.wrong("hidden_act", "not supported by this family, only silu is");
    };
  }

  /** The window of every layer: Llama has none whatever the key says, Mistral unless null. */
  private static int slidingWindow(ConfigSection config, ClassDefaults defaults) {
    if (defaults.slidingWindow() == 0) {
      return 0;
    }
    if (config.mentions("sliding_window") && !config.has("sliding_window")) {
      return 0;
    }
    return config.positive("sliding_window", MAX_POSITIONS, defaults.slidingWindow());
  }

  private static void checkLayerTypes(ConfigSection config, int window, int layers) {
    List<String> types = config.texts("layer_types").orElse(List.of());
    String expected = window == 0 ? "full_attention" : "sliding_attention";
    if (!types.isEmpty() && !types.equals(Collections.nCopies(layers, expected))) {
      throw config.wrong(
          "layer_types", "not supported by this family; must be " + layers + " x " + expected);
    }
  }
}
