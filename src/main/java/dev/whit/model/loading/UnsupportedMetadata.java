package dev.whit.model.loading;

import dev.whit.checkpoint.CheckpointException;
import dev.whit.checkpoint.gguf.GgufMetadata;
import java.util.Map;

/**
 * Keys of a GGUF file's metadata that change the forward pass and are not served, as {@link
 * UnsupportedFeatures} has those of {@code config.json}. They stand after the architecture's name
 * (llama.cpp's {@code llama-arch.cpp}).
 */
final class UnsupportedMetadata {
  /** Key to the number that leaves the forward pass alone. */
  private static final Map<String, Double> NUMBERS =
      Map.ofEntries(
          Map.entry("expert_count", 0.0),
          Map.entry("logit_scale", 1.0),
          Map.entry("residual_scale", 1.0),
          Map.entry("embedding_scale", 1.0),
          Map.entry("attention.scale", 0.0),
          Map.entry("attention.clamp_kqv", 0.0),
          Map.entry("attention.max_alibi_bias", 0.0),
          Map.entry("attention.temperature_scale", 0.0),
          Map.entry("rope.scale_linear", 1.0),
          Map.entry("rope.scaling.yarn_attn_factor", 1.0),
          Map.entry("rope.scaling.yarn_ext_factor", 1.0),
          Map.entry("rope.scaling.yarn_log_multiplier", 0.0));

  private static final Map<String, Boolean> FLAGS =
      Map.of("attention.causal", true, "use_parallel_residual", false);

  /** A model in several files says so; this one has a part of the tensors. */
  private static final String PARTS = "split.count";

  private UnsupportedMetadata() {}

  /** Fails when the metadata sets one of them to anything else. */
  static void refuse(GgufMetadata metadata, GgufArchitecture architecture) {
    String prefix = architecture.name() + ".";
    NUMBERS.forEach((suffix, neutral) ->
        metadata
            .number(prefix + suffix)
            .ifPresent(value -> require(metadata, prefix + suffix, value, neutral)));
    FLAGS.forEach((suffix, neutral) ->
        metadata
            .flag(prefix + suffix)
            .ifPresent(value -> require(metadata, prefix + suffix, value, neutral)));
    long parts = metadata.integer(PARTS).orElse(1);
    if (parts > 1) {
      throw CheckpointException.file(
          metadata.file(),
          "%s is %d: models in several GGUF files are not supported, merge them with"
                  .formatted(PARTS, parts)
              + " llama-gguf-split");
    }
  }

  private static <T> void require(GgufMetadata metadata, String key, T value, T neutral) {
    if (!value.equals(neutral)) {
      throw CheckpointException.file(metadata.file(), key + " is " + value + ": not supported");
    }
  }
}
