package dev.whit.model.loading;

import java.util.List;
import java.util.Optional;

/**
 * A model family as data. Adding one is an entry in {@link #ALL}, a parser where its configuration
 * reads differently, and a golden test.
 *
 * @param modelType {@code model_type} in {@code config.json}
 * @param defaults values of absent keys
 * @param parser reads {@code config.json}
 * @param tensors tensor names
 */
record Family(String modelType, ClassDefaults defaults, ConfigParser parser, TensorNames tensors) {

  private static final TensorNames LLAMA_TENSORS =
      new TensorNames(
          "embed_tokens.weight",
          "norm.weight",
          "lm_head",
          "layers",
          "input_layernorm.weight",
          "post_attention_layernorm.weight",
          "self_attn.q_proj",
          "self_attn.k_proj",
          "self_attn.v_proj",
          "self_attn.o_proj",
          "mlp.gate_proj",
          "mlp.up_proj",
          "mlp.down_proj");

  /** Every family that can be served. */
  static final List<Family> ALL =
      List.of(
          new Family(
              "llama",
              new ClassDefaults(32000, 4096, 11008, 32, 32, 0, 2048, 1e-6, 10000, 0, false, 2),
              LlamaConfigParser::parse,
              LLAMA_TENSORS),
          new Family(
              "mistral",
              new ClassDefaults(32000, 4096, 14336, 32, 32, 8, 131072, 1e-6, 10000, 4096, false, 2),
              LlamaConfigParser::parse,
              LLAMA_TENSORS));

  /** The family of a {@code config.json}, refused by name where there is none. */
  static Family of(ConfigSection config) {
    String supported = "supported are " + ALL.stream().map(Family::modelType).toList();
    Optional<String> modelType = config.text("model_type");
    if (modelType.isEmpty()) {
      throw config.invalid("model_type", "is missing: " + supported);
    }
    return ALL.stream()
        .filter(family -> family.modelType().equals(modelType.get()))
        .findFirst()
        .orElseThrow(() -> config.wrong("model_type", "not supported; " + supported));
  }
}
