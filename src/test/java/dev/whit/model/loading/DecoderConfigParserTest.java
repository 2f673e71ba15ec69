package dev.whit.model.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whit.checkpoint.CheckpointException;
import dev.whit.kernel.Activation;
import dev.whit.model.LayerConfig;
import dev.whit.model.ModelConfig;
import dev.whit.model.NormConfig;
import dev.whit.model.RopeConfig;
import dev.whit.model.RopeScaling;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecoderConfigParserTest {
  private static final String LLAMA = "'model_type': 'llama', ";

  @TempDir Path directory;

  @Test
  void readsEveryFeature() {
    ModelConfig config =
        parse(
            "'model_type': 'mistral', 'vocab_size': 320, 'hidden_size': 64,"
                + " 'intermediate_size': 144, 'num_hidden_layers': 3, 'num_attention_heads': 4,"
                + " 'num_key_value_heads': 2, 'head_dim': 24, 'max_position_embeddings': 128,"
                + " 'rms_norm_eps': 1e-5, 'hidden_act': 'silu', 'sliding_window': 8,"
                + " 'rope_theta': 1000000.0, 'tie_word_embeddings': true");
    RopeConfig rope = new RopeConfig(1e6, 24, 128, new RopeScaling.Default());
    assertThat(config)
        .isEqualTo(
            new ModelConfig(
                "mistral",
                320,
                64,
                64,
                144,
                4,
                2,
                24,
                128,
                OptionalInt.empty(),
                new NormConfig(NormConfig.Kind.RMS, 1e-5f, NormConfig.Placement.PRE, false, true),
                Activation.SILU,
                true,
                (float) (1 / Math.sqrt(24)),
                0,
                0,
                1,
                true,
                Collections.nCopies(3, new LayerConfig(8, Optional.of(rope)))));
  }

  @Test
  void absentKeysTakeTheClassDefaultsAndAreReported() {
    ConfigSection section = ConfigFixture.section(directory, "{'model_type': 'mistral'}");
    Family family = Family.of(section);
    ModelConfig config = family.parser().parse(family.section(section), family);
    assertThat(config.hiddenSize()).isEqualTo(4096);
    assertThat(config.intermediateSize()).isEqualTo(14336);
    assertThat(config.kvHeads()).isEqualTo(8);
    assertThat(config.headDim()).isEqualTo(128);
    assertThat(config.layers().getFirst().slidingWindow()).isEqualTo(4096);
    assertThat(config.norms().epsilon()).isEqualTo(1e-6f);
    assertThat(section.assumed())
        .contains("hidden_size = 4096", "num_key_value_heads = 8", "sliding_window = 4096");
  }

  @Test
  void nullKeyValueHeadsAreAsManyAsHeads() {
    assertThat(parse(LLAMA + "'num_attention_heads': 8").kvHeads()).isEqualTo(8);
    assertThat(parse("'model_type': 'mistral', 'num_key_value_heads': null").kvHeads())
        .isEqualTo(32);
  }

  @Test
  void aNullWindowIsNone() {
    assertThat(window(parse("'model_type': 'mistral', 'sliding_window': null"))).isZero();
    assertThat(window(parse(LLAMA + "'sliding_window': 16"))).isZero();
  }

  @Test
  void qwenSlidesInItsUpperLayersWhenItIsToldTo() {
    String qwen =
        "'model_type': 'qwen2', 'num_hidden_layers': 4, 'max_window_layers': 1,"
            + " 'sliding_window': 8, ";
    assertThat(windows(qwen + "'use_sliding_window': true")).containsExactly(0, 8, 8, 8);
    assertThat(windows(qwen + "'use_sliding_window': false")).containsOnly(0);
    assertThat(
            windows(
                qwen
                    + "'use_sliding_window': true, 'layer_types': ['sliding_attention',"
                    + " 'full_attention', 'full_attention', 'sliding_attention']"))
        .containsExactly(8, 0, 0, 8);
  }

  @Test
  void gemmaSlidesInAPatternUnlessTypesSay() {
    assertThat(windows("'model_type': 'gemma2', 'num_hidden_layers': 5, 'sliding_window': 8"))
        .containsExactly(8, 0, 8, 0, 8);
    String gemma3 = "'model_type': 'gemma3_text', 'num_hidden_layers': 7, 'sliding_window': 8";
    assertThat(windows(gemma3)).containsExactly(8, 8, 8, 8, 8, 0, 8);
    assertThat(windows(gemma3 + ", 'sliding_window_pattern': 2"))
        .containsExactly(8, 0, 8, 0, 8, 0, 8);
  }

  @Test
  void gemma3RotatesItsSlidingLayersByABaseOfTheirOwn() {
    RopeConfig local = new RopeConfig(1e4, 256, 131072, new RopeScaling.Default());
    RopeConfig global = new RopeConfig(1e6, 256, 131072, new RopeScaling.Linear(8));
    String scaling = "'rope_type': 'linear', 'factor': 8.0";
    String transformers4 = "'model_type': 'gemma3_text', 'rope_scaling': {" + scaling + "}";
    String transformers5 =
        "'model_type': 'gemma3_text', 'rope_parameters': {'full_attention': {'rope_theta': 1e6, "
            + scaling
            + "}, 'sliding_attention': {'rope_theta': 1e4, 'rope_type': 'default'}}";
    for (String members : new String[] {transformers4, transformers5}) {
      ModelConfig config = parse(members);
      assertThat(config.layers().get(0).rope()).contains(local);
      assertThat(config.layers().get(5).rope()).contains(global);
    }
  }

  @Test
  void aMultimodalConfigurationIsReadWhereItDescribesText() {
    ModelConfig config =
        parse(
            "'model_type': 'gemma3', 'vision_config': {}, 'text_config': {'hidden_size': 2560,"
                + " 'model_type': 'gemma3_text',"
                + " 'num_hidden_layers': 34, 'rope_scaling': {'factor': 8.0, 'rope_type': 'linear'}}");
    assertThat(config.hiddenSize()).isEqualTo(2560);
    assertThat(config.layers()).hasSize(34);
    assertThat(config.embeddingScale()).isEqualTo((float) Math.sqrt(2560));
    assertThat(config.norms().placement()).isEqualTo(NormConfig.Placement.SANDWICH);
    assertThat(config.attentionScale()).isEqualTo(0.0625f);
  }

  @Test
  void optMayNormaliseAfterItsSumsAndEmbedNarrower() {
    ModelConfig before = parse("'model_type': 'opt'");
    assertThat(before.norms())
        .isEqualTo(
            new NormConfig(NormConfig.Kind.LAYER, 1e-5f, NormConfig.Placement.PRE, false, true));
    assertThat(before.learnedPositions()).hasValue(2);
    assertThat(before.layers().getFirst().rope()).isEmpty();
    ModelConfig after =
        parse(
            "'model_type': 'opt', 'hidden_size': 1024, 'num_attention_heads': 16,"
                + " 'do_layer_norm_before': false, 'word_embed_proj_dim': 512");
    assertThat(after.norms().placement()).isEqualTo(NormConfig.Placement.POST);
    assertThat(after.norms().last()).isFalse();
    assertThat(after.embeddingSize()).isEqualTo(512);
    assertThat(parse("'model_type': 'opt', '_remove_final_layer_norm': true").norms().last())
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          'model_type': 'gpt2'                            | model_type is "gpt2": not supported; supported are [llama, mistral, qwen2, qwen3, gemma2, gemma3_text, gemma3, phi3, opt]
          'hidden_size': 64                               | model_type is missing
          'model_type': 5                                 | model_type is 5: must be a string
          'model_type': 'llama', 'hidden_size': 0         | hidden_size is 0: must be a whole number from 1 to 1048576
          'model_type': 'llama', 'hidden_size': -64       | hidden_size is -64
          'model_type': 'llama', 'hidden_size': 64.5      | hidden_size is 64.5
          'model_type': 'llama', 'hidden_size': '64'      | hidden_size is "64"
          'model_type': 'llama', 'hidden_size': 99999999999 | hidden_size is 99999999999
          'model_type': 'llama', 'vocab_size': 1e3        | vocab_size is 1000.0
          'model_type': 'llama', 'num_hidden_layers': 100000 | num_hidden_layers is 100000: must be a whole number from 1 to 4096
          'model_type': 'llama', 'hidden_size': 65        | num_attention_heads is 32: must divide hidden_size 65
          'model_type': 'llama', 'num_key_value_heads': 5 | num_key_value_heads is 5: must divide num_attention_heads 32
          'model_type': 'llama', 'head_dim': 7            | head_dim is 7: its rotated part, 7
          'model_type': 'llama', 'rms_norm_eps': 0        | rms_norm_eps is 0: must be a number above 0
          'model_type': 'llama', 'rms_norm_eps': NaN      | rms_norm_eps is
          'model_type': 'llama', 'rms_norm_eps': '1e-5'   | rms_norm_eps is "1e-5"
          'model_type': 'llama', 'hidden_act': 'quick_gelu' | hidden_act is "quick_gelu": not supported
          'model_type': 'llama', 'tie_word_embeddings': 1 | tie_word_embeddings is 1: must be true or false
          'model_type': 'llama', 'quantization_config': {'bits': 4} | quantization_config is {"bits":4}: not supported
          'model_type': 'llama', 'final_logit_softcapping': 30.0 | final_logit_softcapping is 30.0: not supported
          'model_type': 'llama', 'num_local_experts': 8   | num_local_experts is 8: not supported
          'model_type': 'llama', 'layer_types': ['sliding_attention'] | layer_types has 1 entries for 32 layers
          'model_type': 'llama', 'num_hidden_layers': 1, 'layer_types': ['sliding_attention'] | layer_types[0] is sliding_attention: not supported by this family
          'model_type': 'qwen3', 'num_hidden_layers': 1, 'layer_types': ['chunked_attention'] | layer_types[0] is chunked_attention: not supported; supported are
          'model_type': 'gemma2', 'sliding_window': null, 'num_hidden_layers': 1, 'layer_types': ['sliding_attention'] | sliding_window is null: needed by layer 0, which slides
          'model_type': 'gemma3_text', 'sliding_window': null | sliding_window is null: needed by layer 0, which slides
          'model_type': 'gemma3', 'text_config': {}, 'quantization_config': {'bits': 4} | quantization_config is {"bits":4}: not supported
          'model_type': 'gemma3', 'text_config': {'model_type': 'gemma4_text'} | text_config.model_type is "gemma4_text": not supported within gemma3
          'model_type': 'llama', 'compression_config': {'bits': 4} | compression_config is {"bits":4}: not supported
          'model_type': 'gemma3', 'text_config': {}, 'tie_word_embeddings': false | tie_word_embeddings is false: text_config has true
          'model_type': 'gemma2', 'query_pre_attn_scalar': 0 | query_pre_attn_scalar is 0
          'model_type': 'gemma3_text', 'use_bidirectional_attention': true | use_bidirectional_attention is true: not supported
          'model_type': 'qwen2', 'attn_logit_softcapping': 30.0 | attn_logit_softcapping is 30.0: not supported
          'model_type': 'opt', 'layer_norm_elementwise_affine': false | layer_norm_elementwise_affine is false: not supported
          'model_type': 'opt', 'num_attention_heads': 7   | num_attention_heads is 7: must divide hidden_size 768
          'model_type': 'opt', 'word_embed_proj_dim': -1  | word_embed_proj_dim is -1
          'model_type': 'mistral', 'sliding_window': 0    | sliding_window is 0
          """)
  void refusesByNameAndValue(String members, String reason) {
    assertThatThrownBy(() -> parse(members))
        .isInstanceOf(CheckpointException.class)
        .hasMessageStartingWith(directory.resolve("config.json") + ": ")
        .hasMessageContaining(reason);
  }

  @Test
  void refusesWhatIsNotAJsonObject() {
    assertRefused("[1]", "is not a JSON object");
    assertRefused("{'a': ", "is not valid JSON");
    assertRefused("{'a': 1, 'a': 2}", "is not valid JSON: Duplicate");
    assertRefused("{} {}", "is not valid JSON");
    assertRefused("[".repeat(10000), "is not valid JSON");
  }

  private void assertRefused(String json, String reason) {
    assertThatThrownBy(() -> ConfigFixture.section(directory, json))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(reason);
  }

  private ModelConfig parse(String members) {
    return ConfigFixture.parse(directory, members);
  }

  private int[] windows(String members) {
    return parse(members).layers().stream().mapToInt(LayerConfig::slidingWindow).toArray();
  }

  private static int window(ModelConfig config) {
    return config.layers().getFirst().slidingWindow();
  }
}
