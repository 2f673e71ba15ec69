package dev.whit.model.loading;

import dev.whit.model.LayerConfig;
import dev.whit.model.ModelConfig;
import dev.whit.model.NormConfig;
import dev.whit.model.RopeConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Configurations of the families that descend from Llama: RMSNorm, rotary positions, a gated
 * feed-forward layer. What one family has and another has not is read where the family knows the
 * key.
 */
final class DecoderConfigParser {
  private DecoderConfigParser() {}

  static ModelConfig parse(ConfigSection config, Family family) {
    UnsupportedFeatures.refuse(config);
    Family.Traits traits = family.traits();
    int hiddenSize = config.positive("hidden_size", Limits.WIDTH);
    int heads = config.positive("num_attention_heads", Limits.HEADS);
    int headDim = headDim(config, hiddenSize, heads);
    int maxPositions = config.positive("max_position_embeddings", Limits.POSITIONS);
    NormConfig norms =
        new NormConfig(
            NormConfig.Kind.RMS,
            (float) config.number("rms_norm_eps", 0, 1),
            traits.norms(),
            traits.queryKeyNorm(),
            true);
    return new ModelConfig(
        family.modelType(),
        config.positive("vocab_size", Limits.VOCAB),
        hiddenSize,
        hiddenSize,
        config.positive("intermediate_size", Limits.WIDTH),
        heads,
        kvHeads(config, heads),
        headDim,
        maxPositions,
        OptionalInt.empty(),
        norms,
        Activations.of(
            config, config.knows("hidden_activation") ? "hidden_activation" : "hidden_act"),
        true,
        attentionScale(config, headDim),
        softCap(config, "attn_logit_softcapping"),
        softCap(config, "final_logit_softcapping"),
        traits.scaledEmbedding() ? (float) Math.sqrt(hiddenSize) : 1,
        config.flag("tie_word_embeddings"),
        layers(config, traits, headDim, maxPositions));
  }

  private static int headDim(ConfigSection config, int hiddenSize, int heads) {
    if (config.has("head_dim")) {
      return config.positive("head_dim", Limits.HEAD_DIM);
    }
    if (hiddenSize % heads != 0) {
      throw config.invalid(
          "num_attention_heads",
          "is " + heads + ": must divide hidden_size " + hiddenSize + " when head_dim is absent");
    }
    return hiddenSize / heads;
  }

  private static int kvHeads(ConfigSection config, int heads) {
    String key = "num_key_value_heads";
    int kvHeads = config.has(key) ? config.positive(key, Limits.HEADS) : heads;
    if (heads % kvHeads != 0) {
      throw config.invalid(key, "is " + kvHeads + ": must divide num_attention_heads " + heads);
    }
    return kvHeads;
  }

  private static float attentionScale(ConfigSection config, int headDim) {
    String key = "query_pre_attn_scalar";
    double scalar = config.knows(key) ? config.number(key, 0, Limits.WIDTH) : headDim;
    return (float) (1 / Math.sqrt(scalar));
  }

  private static float softCap(ConfigSection config, String key) {
    return config.knows(key) ? (float) config.optionalNumber(key, 0, 1e30).orElse(0) : 0;
  }

  private static List<LayerConfig> layers(
      ConfigSection config, Family.Traits traits, int headDim, int maxPositions) {
    int count = config.positive("num_hidden_layers", Limits.LAYERS);
    int[] windows = traits.sliding().windows(config, count, Limits.POSITIONS);
    RopeConfig full = RopeParser.parse(config, headDim, maxPositions);
    RopeConfig sliding = RopeParser.parseSliding(config, headDim, maxPositions);
    List<LayerConfig> layers = new ArrayList<>();
    for (int window : windows) {
      layers.add(new LayerConfig(window, Optional.of(window > 0 ? sliding : full)));
    }
    return layers;
  }
}
