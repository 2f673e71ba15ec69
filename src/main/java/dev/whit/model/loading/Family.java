package dev.whit.model.loading;

import static dev.whit.model.loading.TensorNames.Part;

import dev.whit.model.NormConfig.Placement;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model family as data. Adding one is an entry in {@link #ALL}, a parser where its configuration
 * reads differently, and a golden test.
 *
 * @param modelType {@code model_type} in {@code config.json}
 * @param defaults values of absent keys, as transformers' configuration class has them: a JSON
 *     object of the keys that the family knows
 * @param traits what no key says
 * @param parser reads {@code config.json}
 * @param tensors names of the tensors in Hugging Face checkpoints
 */
record Family(
    String modelType, String defaults, Traits traits, ConfigParser parser, TensorNames tensors) {

  /**
   * What the family's code does whatever the configuration says.
   *
   * @param norms where a layer's norms stand
   * @param queryKeyNorm whether queries and keys are normalised
   * @param scaledEmbedding whether the embedding is multiplied by √hidden
   * @param sliding which layers slide
   */
  record Traits(
      Placement norms, boolean queryKeyNorm, boolean scaledEmbedding, SlidingRule sliding) {}

  private static final TensorNames LLAMA_TENSORS =
      new TensorNames(
          List.of("model.", ""),
          Map.ofEntries(
              Map.entry(Part.EMBEDDING, "embed_tokens"),
              Map.entry(Part.FINAL_NORM, "norm"),
              Map.entry(Part.HEAD, "lm_head"),
              Map.entry(Part.LAYERS, "layers"),
              Map.entry(Part.ATTENTION_NORM, "input_layernorm"),
              Map.entry(Part.MLP_NORM, "post_attention_layernorm"),
              Map.entry(Part.QUERY, "self_attn.q_proj"),
              Map.entry(Part.KEY, "self_attn.k_proj"),
              Map.entry(Part.VALUE, "self_attn.v_proj"),
              Map.entry(Part.OUTPUT, "self_attn.o_proj"),
              Map.entry(Part.GATE, "mlp.gate_proj"),
              Map.entry(Part.UP, "mlp.up_proj"),
              Map.entry(Part.DOWN, "mlp.down_proj")),
          0,
          false);

  private static final TensorNames QUERY_KEY_NORM_TENSORS =
      LLAMA_TENSORS.with(
          Map.of(Part.QUERY_NORM, "self_attn.q_norm", Part.KEY_NORM, "self_attn.k_norm"));

  private static final Map<Part, String> SANDWICH =
      Map.of(
          Part.ATTENTION_OUTPUT_NORM, "post_attention_layernorm",
          Part.MLP_NORM, "pre_feedforward_layernorm",
          Part.MLP_OUTPUT_NORM, "post_feedforward_layernorm");

  private static final TensorNames GEMMA3_TENSORS =
      QUERY_KEY_NORM_TENSORS.with(SANDWICH).withNormsAroundOne();

  private static final TensorNames OPT_TENSORS =
      new TensorNames(
          List.of("model.decoder.", "decoder.", ""),
          Map.ofEntries(
              Map.entry(Part.EMBEDDING, "embed_tokens"),
              Map.entry(Part.POSITIONS, "embed_positions"),
              Map.entry(Part.PROJECT_IN, "project_in"),
              Map.entry(Part.PROJECT_OUT, "project_out"),
              Map.entry(Part.FINAL_NORM, "final_layer_norm"),
              Map.entry(Part.HEAD, "lm_head"),
              Map.entry(Part.LAYERS, "layers"),
              Map.entry(Part.ATTENTION_NORM, "self_attn_layer_norm"),
              Map.entry(Part.MLP_NORM, "final_layer_norm"),
              Map.entry(Part.QUERY, "self_attn.q_proj"),
              Map.entry(Part.KEY, "self_attn.k_proj"),
              Map.entry(Part.VALUE, "self_attn.v_proj"),
              Map.entry(Part.OUTPUT, "self_attn.out_proj"),
              Map.entry(Part.UP, "fc1"),
              Map.entry(Part.DOWN, "fc2")),
          0,
          false);

  private static final Traits LLAMA = new Traits(Placement.PRE, false, false, SlidingRule.NONE);
  private static final Traits MISTRAL = new Traits(Placement.PRE, false, false, SlidingRule.ALL);
  private static final Traits GEMMA3 =
      new Traits(Placement.SANDWICH, true, true, SlidingRule.PATTERN);

  private static final String GEMMA3_DEFAULTS =
      """
      {"vocab_size": 262208, "hidden_size": 2304, "intermediate_size": 9216,
       "num_hidden_layers": 26, "num_attention_heads": 8, "num_key_value_heads": 4,
       "head_dim": 256, "hidden_activation": "gelu_pytorch_tanh",
       "max_position_embeddings": 131072, "rms_norm_eps": 1e-6, "rope_theta": 1000000.0,
       "rope_local_base_freq": 10000.0, "query_pre_attn_scalar": 256, "sliding_window": 4096,
       "final_logit_softcapping": null, "attn_logit_softcapping": null,
       "tie_word_embeddings": true, "eos_token_id": 1}
      """;

  /** Every family that can be served. */
  static final List<Family> ALL =
      List.of(
          new Family(
              "llama",
              """
              {"vocab_size": 32000, "hidden_size": 4096, "intermediate_size": 11008,
               "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": null,
               "hidden_act": "silu", "max_position_embeddings": 2048, "rms_norm_eps": 1e-6,
               "rope_theta": 10000.0, "tie_word_embeddings": false, "eos_token_id": 2}
              """,
              LLAMA,
              DecoderConfigParser::parse,
              LLAMA_TENSORS),
          new Family(
              "mistral",
              """
              {"vocab_size": 32000, "hidden_size": 4096, "intermediate_size": 14336,
               "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
               "hidden_act": "silu", "max_position_embeddings": 131072, "rms_norm_eps": 1e-6,
               "rope_theta": 10000.0, "sliding_window": 4096, "tie_word_embeddings": false,
               "eos_token_id": 2}
              """,
              MISTRAL,
              DecoderConfigParser::parse,
              LLAMA_TENSORS),
          new Family(
              "qwen2",
              """
              {"vocab_size": 151936, "hidden_size": 4096, "intermediate_size": 22016,
               "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32,
               "hidden_act": "silu", "max_position_embeddings": 32768, "rms_norm_eps": 1e-6,
               "rope_theta": 10000.0, "use_sliding_window": false, "sliding_window": 4096,
               "max_window_layers": 28, "tie_word_embeddings": false, "eos_token_id": null}
              """,
              new Traits(Placement.PRE, false, false, SlidingRule.UPPER),
              DecoderConfigParser::parse,
              LLAMA_TENSORS),
          new Family(
              "qwen3",
              """
              {"vocab_size": 151936, "hidden_size": 4096, "intermediate_size": 22016,
               "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32,
               "head_dim": 128, "hidden_act": "silu", "max_position_embeddings": 32768,
               "rms_norm_eps": 1e-6, "rope_theta": 10000.0, "use_sliding_window": false,
               "sliding_window": 4096, "max_window_layers": 28, "tie_word_embeddings": false,
               "eos_token_id": null}
              """,
              new Traits(Placement.PRE, true, false, SlidingRule.UPPER),
              DecoderConfigParser::parse,
              QUERY_KEY_NORM_TENSORS),
          new Family(
              "gemma2",
              """
              {"vocab_size": 256000, "hidden_size": 2304, "intermediate_size": 9216,
               "num_hidden_layers": 26, "num_attention_heads": 8, "num_key_value_heads": 4,
               "head_dim": 256, "hidden_activation": "gelu_pytorch_tanh",
               "max_position_embeddings": 8192, "rms_norm_eps": 1e-6, "rope_theta": 10000.0,
               "query_pre_attn_scalar": 256, "sliding_window": 4096,
               "final_logit_softcapping": 30.0, "attn_logit_softcapping": 50.0,
               "tie_word_embeddings": true, "eos_token_id": 1}
              """,
              new Traits(Placement.SANDWICH, false, true, SlidingRule.ALTERNATE),
              DecoderConfigParser::parse,
              LLAMA_TENSORS.with(SANDWICH).withNormsAroundOne()),
          new Family(
              "gemma3_text", GEMMA3_DEFAULTS, GEMMA3, DecoderConfigParser::parse, GEMMA3_TENSORS),
          new Family(
              "gemma3",
              GEMMA3_DEFAULTS,
              GEMMA3,
              DecoderConfigParser::parse,
              GEMMA3_TENSORS.under(
                  "language_model.model.",
                  "model.language_model.",
                  "language_model.",
                  "model.",
                  "")),
          new Family(
              "phi3",
              """
              {"vocab_size": 32064, "hidden_size": 3072, "intermediate_size": 8192,
               "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": null,
               "hidden_act": "silu", "max_position_embeddings": 4096,
               "original_max_position_embeddings": 4096, "rms_norm_eps": 1e-5,
               "rope_theta": 10000.0, "sliding_window": null, "tie_word_embeddings": false,
               "eos_token_id": 32000}
              """,
              MISTRAL,
              DecoderConfigParser::parse,
              LLAMA_TENSORS.with(
                  Map.of(Part.QKV, "self_attn.qkv_proj", Part.GATE_UP, "mlp.gate_up_proj"))),
          new Family(
              "opt",
              """
              {"vocab_size": 50272, "hidden_size": 768, "num_hidden_layers": 12, "ffn_dim": 3072,
               "num_attention_heads": 12, "max_position_embeddings": 2048,
               "do_layer_norm_before": true, "_remove_final_layer_norm": false,
               "word_embed_proj_dim": null, "activation_function": "relu",
               "layer_norm_elementwise_affine": true, "tie_word_embeddings": true,
               "eos_token_id": 2}
              """,
              LLAMA,
              OptConfigParser::parse,
              OPT_TENSORS));

  /** The family of a {@code config.json}, refused by name where there is none. */
  static Family of(ConfigSection config) {
    String supported = "supported are " + ALL.stream().map(Family::modelType).toList();
    String modelType =
        config
            .text("model_type")
            .orElseThrow(() -> config.invalid("model_type", "is missing: " + supported));
    return ALL.stream()
        .filter(family -> family.modelType().equals(modelType))
        .findFirst()
        .orElseThrow(() -> config.wrong("model_type", "not supported; " + supported));
  }

  /** Where a configuration describes the language model, with this family's defaults. */
  ConfigSection section(ConfigSection config) {
    // Multimodal models keep it in a section of its own.
    Optional<ConfigSection> text =
        config.section("text_config").map(section -> section.withDefaults(defaults));
    text.ifPresent(section -> requireAgreement(config, section));
    return text.orElseGet(() -> config.withDefaults(defaults));
  }

  /** What stands beside the section on the language model concerns it too. */
  private void requireAgreement(ConfigSection whole, ConfigSection text) {
    UnsupportedFeatures.refuse(whole.withDefaults(defaults));
    text.text("model_type")
        .filter(type -> !type.equals(modelType) && !type.equals(modelType + "_text"))
        .ifPresent(type -> {
          throw text.wrong("model_type", "not supported within " + modelType);
        });
    String tied = "tie_word_embeddings";
    if (whole.mentions(tied) && whole.flag(tied) != text.flag(tied)) {
      throw whole.wrong(
          tied,
          "text_config has %s, and versions of transformers differ in which of them counts"
              .formatted(text.show(tied)));
    }
  }
}
