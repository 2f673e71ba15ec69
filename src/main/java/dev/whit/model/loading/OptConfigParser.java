package dev.whit.model.loading;

import dev.whit.model.LayerConfig;
import dev.whit.model.ModelConfig;
import dev.whit.model.NormConfig;
import java.util.Collections;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Configurations of OPT: LayerNorm, learned positions, a feed-forward layer without a gate; before
 * or after its sums, and in one size with an embedding narrower than the residual stream.
 */
final class OptConfigParser {
  /** The table of positions begins with two rows that padding would take. */
  private static final int FIRST_POSITION = 2;

  /** PyTorch's default; OPT's configuration has no key for it. */
  private static final float EPSILON = 1e-5f;

  private OptConfigParser() {}

  static ModelConfig parse(ConfigSection config, Family family) {
    UnsupportedFeatures.refuse(config);
    if (!config.flag("layer_norm_elementwise_affine")) {
      throw config.wrong("layer_norm_elementwise_affine", "not supported");
    }
    int hiddenSize = config.positive("hidden_size", Limits.WIDTH);
    int heads = config.positive("num_attention_heads", Limits.HEADS);
    if (hiddenSize % heads != 0) {
      throw config.invalid(
          "num_attention_heads", "is " + heads + ": must divide hidden_size " + hiddenSize);
    }
    int headDim = hiddenSize / heads;
    boolean before = config.flag("do_layer_norm_before");
    NormConfig norms =
        new NormConfig(
            NormConfig.Kind.LAYER,
            EPSILON,
            before ? NormConfig.Placement.PRE : NormConfig.Placement.POST,
            false,
            before && !config.flag("_remove_final_layer_norm"));
    LayerConfig layer = new LayerConfig(0, Optional.empty());
    return new ModelConfig(
        family.modelType(),
        config.positive("vocab_size", Limits.VOCAB),
        config.has("word_embed_proj_dim")
            ? config.positive("word_embed_proj_dim", Limits.WIDTH)
            : hiddenSize,
        hiddenSize,
        config.positive("ffn_dim", Limits.WIDTH),
        heads,
        heads,
        headDim,
        config.positive("max_position_embeddings", Limits.POSITIONS),
        OptionalInt.of(FIRST_POSITION),
        norms,
        Activations.of(config, "activation_function"),
        false,
        (float) (1 / Math.sqrt(headDim)),
        0,
        0,
        1,
        config.flag("tie_word_embeddings"),
        Collections.nCopies(config.positive("num_hidden_layers", Limits.LAYERS), layer));
  }
}
