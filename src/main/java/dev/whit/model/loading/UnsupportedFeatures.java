package dev.whit.model.loading;

import java.util.List;
import java.util.Map;

/**
 * Keys of {@code config.json} that change the forward pass, and that not every family has. A
 * checkpoint that sets one its family does not know, to anything but its neutral value, is refused:
 * serving it without the feature would give wrong text and no error.
 */
final class UnsupportedFeatures {
  /**
   * Key to the values, as JSON spells them, that leave the forward pass alone; null always does.
   */
  private static final Map<String, List<String>> NEUTRAL =
      Map.ofEntries(
          Map.entry("quantization_config", List.of("{}")),
          Map.entry("compression_config", List.of("{}")),
          Map.entry("attn_logit_softcapping", List.of()),
          Map.entry("final_logit_softcapping", List.of()),
          Map.entry("query_pre_attn_scalar", List.of()),
          Map.entry("attention_chunk_size", List.of()),
          Map.entry("attention_multiplier", List.of()),
          Map.entry("embedding_multiplier", List.of("1", "1.0")),
          Map.entry("residual_multiplier", List.of("1", "1.0")),
          Map.entry("logits_scaling", List.of("1", "1.0")),
          Map.entry("clip_qkv", List.of()),
          Map.entry("qk_layernorm", List.of("false")),
          Map.entry("use_qk_norm", List.of("false")),
          Map.entry("use_parallel_residual", List.of("false")),
          Map.entry("use_bidirectional_attention", List.of("false")),
          Map.entry("add_cross_attention", List.of("false")),
          Map.entry("alibi", List.of("false")),
          Map.entry("no_rope_layers", List.of("[]")),
          Map.entry("num_experts", List.of("0", "1")),
          Map.entry("num_local_experts", List.of("0", "1")));

  private UnsupportedFeatures() {}

  /** Fails when the configuration sets one of them that its family does not know. */
  static void refuse(ConfigSection config) {
    NEUTRAL.forEach((key, neutral) -> {
      if (config.has(key) && !config.knows(key) && !neutral.contains(config.show(key))) {
        throw config.wrong(key, "not supported");
      }
    });
  }
}
