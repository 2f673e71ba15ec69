package dev.whit.model.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whit.checkpoint.CheckpointException;
import dev.whit.checkpoint.GgufWriter;
import dev.whit.checkpoint.InMemoryFile;
import dev.whit.checkpoint.gguf.GgufReader;
import dev.whit.model.LayerConfig;
import dev.whit.model.ModelConfig;
import dev.whit.model.RopeScaling;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class GgufConfigTest {
  private static GgufWriter writer(String architecture, int layers) {
    return new GgufWriter()
        .string("general.architecture", architecture)
        .u32(architecture + ".block_count", layers)
        .u32(architecture + ".context_length", 128)
        .u32(architecture + ".embedding_length", 96)
        .u32(architecture + ".feed_forward_length", 144)
        .u32(architecture + ".attention.head_count", 4)
        .u32(architecture + ".attention.head_count_kv", 2)
        .f32(architecture + ".attention.layer_norm_rms_epsilon", 1e-5f)
        .floats("token_embd.weight", new long[] {3, 2}, 1, 2, 3, 4, 5, 6);
  }

  private static ModelConfig parse(GgufWriter writer) {
    GgufReader.Contents contents = GgufReader.read(InMemoryFile.of(writer.toBytes()));
    ConfigSection config = GgufConfig.of(contents, GgufArchitecture.of(contents.metadata()));
    Family family = Family.of(config);
    return family.parser().parse(family.section(config), family);
  }

  @Test
  void readsSizesAndDefaults() {
    ModelConfig config = parse(writer("qwen3", 2));
    assertThat(config.modelType()).isEqualTo("qwen3");
    assertThat(config.hiddenSize()).isEqualTo(96);
    assertThat(config.vocabSize()).isEqualTo(3);
    assertThat(config.headDim()).isEqualTo(24);
    assertThat(config.kvHeads()).isEqualTo(2);
    assertThat(config.tiedHead()).isTrue();
    assertThat(config.layers().getFirst().rope().orElseThrow().theta()).isEqualTo(10_000);
    assertThat(parse(writer("qwen3", 2).floats("output.weight", new long[] {1}, 1)).tiedHead())
        .isFalse();
    assertThat(
            parse(
                    writer("qwen3", 2)
                        .u32("qwen3.attention.key_length", 32)
                        .u32("qwen3.attention.value_length", 32))
                .headDim())
        .isEqualTo(32);
  }

  @Test
  void aLlamaThatSlidesIsAMistral() {
    assertThat(parse(writer("llama", 2)).modelType()).isEqualTo("llama");
    ModelConfig mistral = parse(writer("llama", 2).u32("llama.attention.sliding_window", 8));
    assertThat(mistral.modelType()).isEqualTo("mistral");
    assertThat(mistral.layers()).extracting(LayerConfig::slidingWindow).containsOnly(8);
  }

  @Test
  void readsRopeScaling() {
    RopeScaling yarn =
        scaling(w ->
            w.string("llama.rope.scaling.type", "yarn")
                .f32("llama.rope.scaling.factor", 4)
                .u32("llama.rope.scaling.original_context_length", 32));
    assertThat(yarn).isEqualTo(new RopeScaling.Yarn(4, 32, 1, 32, true, 0.1 * Math.log(4) + 1));
    RopeScaling otherBetas =
        scaling(w ->
            w.string("llama.rope.scaling.type", "yarn")
                .f32("llama.rope.scaling.factor", 4)
                .u32("llama.rope.scaling.original_context_length", 32)
                .f32("llama.rope.scaling.yarn_beta_fast", 16)
                .f32("llama.rope.scaling.yarn_beta_slow", 2));
    assertThat(otherBetas)
        .isEqualTo(new RopeScaling.Yarn(4, 16, 2, 32, true, 0.1 * Math.log(4) + 1));
    float[] divisors = new float[12];
    Arrays.fill(divisors, 2);
    assertThat(scaling(w -> w.floats("rope_freqs.weight", new long[] {12}, divisors)))
        .isEqualTo(new RopeScaling.Divided(divisors));
    assertThat(scaling(w -> w)).isEqualTo(new RopeScaling.Default());
    assertThatThrownBy(() -> scaling(w -> w.floats("rope_freqs.weight", new long[] {2}, 1, 2)))
        .hasMessageContaining("divisors has 2 entries: must be a list of 12");
    assertThat(
            parse(writer("llama", 1).u32("llama.rope.dimension_count", 12))
                .layers()
                .getFirst()
                .rope()
                .orElseThrow()
                .rotaryDim())
        .isEqualTo(12);
  }

  private static RopeScaling scaling(UnaryOperator<GgufWriter> change) {
    return parse(change.apply(writer("llama", 1)))
        .layers()
        .getFirst()
        .rope()
        .orElseThrow()
        .scaling();
  }

  @Test
  void gemmasAttentionScaleDependsOnTheModelsSize() {
    assertThat(parse(writer("gemma3", 7)).attentionScale()).isEqualTo((float) (1 / Math.sqrt(24)));
    ModelConfig large =
        parse(
            writer("gemma3", 62)
                .u32("gemma3.attention.key_length", 32)
                .u32("gemma3.attention.value_length", 32));
    assertThat(large.attentionScale()).isEqualTo((float) (1 / Math.sqrt(24)));
    assertThat(large.headDim()).isEqualTo(32);
  }

  @Test
  void gemma3SlidesByItsPattern() {
    GgufWriter gemma = writer("gemma3", 7).u32("gemma3.attention.sliding_window", 8);
    assertThat(parse(gemma).layers())
        .extracting(LayerConfig::slidingWindow)
        .containsExactly(8, 8, 8, 8, 8, 0, 8);
    assertThat(
            parse(
                    writer("gemma3", 3)
                        .u32("gemma3.attention.sliding_window", 8)
                        .i32s("gemma3.attention.sliding_window_pattern", 1, 0, 1))
                .layers())
        .extracting(LayerConfig::slidingWindow)
        .containsExactly(8, 0, 8);
  }

  @Test
  void refusesByName() {
    assertRefused(writer("mamba", 1), "general.architecture is mamba: not supported; supported");
    assertRefused(new GgufWriter(), "general.architecture is missing");
    assertRefused(new GgufWriter().string("general.architecture", "llama"), "llama.block_count");
    assertRefused(
        writer("llama", 1)
            .u32("llama.attention.key_length", 32)
            .u32("llama.attention.value_length", 16),
        "llama.attention.value_length is 16");
    assertRefused(
        writer("llama", 2).i32s("llama.attention.sliding_window", 1, 2),
        "llama.attention.sliding_window differs from layer to layer");
    assertRefused(
        writer("llama", 1).string("llama.rope.scaling.type", "magic"), "rope_type is \"magic\"");
  }

  @Test
  void refusesFeaturesThatAreNotServed() {
    assertRefused(
        writer("llama", 1).u32("llama.expert_count", 8),
        "llama.expert_count is 8.0: not supported");
    assertRefused(
        writer("qwen2", 1).f32("qwen2.attention.scale", 0.5f), "qwen2.attention.scale is 0.5");
    assertRefused(
        writer("llama", 1).f32("llama.rope.scale_linear", 4), "llama.rope.scale_linear is 4.0");
    assertRefused(
        writer("qwen3", 1).flag("qwen3.attention.causal", false),
        "qwen3.attention.causal is false: not supported");
    assertRefused(
        writer("llama", 1).u32("split.count", 3), "split.count is 3: models in several GGUF files");
    assertRefused(
        writer("llama", 1)
            .floats("rope_freqs.weight", new long[] {12}, new float[12])
            .string("llama.rope.scaling.type", "yarn"),
        "llama.rope.scaling.type is yarn beside rope_freqs.weight");
    assertThat(
            parse(
                    writer("llama", 1)
                        .u32("llama.expert_count", 0)
                        .f32("llama.logit_scale", 1)
                        .flag("llama.attention.causal", true)
                        .u32("split.count", 1))
                .modelType())
        .isEqualTo("llama");
  }

  @Test
  void refusesInterleavedHeadsOfOddLength() {
    assertRefused(
        writer("llama", 1)
            .u32("llama.attention.key_length", 33)
            .u32("llama.attention.value_length", 33)
            .u32("llama.rope.dimension_count", 32),
        "llama.attention.key_length is 33: must be even");
  }

  @Test
  void refusesFactorsThatAreStoredInOtherWays() {
    String prefix = "quantization.nanoquant.";
    assertRefused(
        writer("llama", 1).u32(prefix + "version", 3), "nanoquant.version is 3: not supported");
    assertRefused(
        writer("llama", 1).u32(prefix + "version", 1).string(prefix + "bit_order", "msb_first"),
        "bit_order is msb_first");
    assertRefused(
        writer("llama", 1).u32(prefix + "version", 1).string(prefix + "positive_bit", "1"),
        "positive_bit is 1: not supported, must be 0");
    assertRefused(
        writer("llama", 1).u32(prefix + "version", 1).u32(prefix + "positive_bit", 0),
        "positive_bit is U32, expected a string");
    assertRefused(
        writer("llama", 1).u32(prefix + "version", 1).u32(prefix + "tensor_count", 7),
        "tensor_count is 7, but factors of 0 layers are there");
    assertRefused(
        writer("llama", 1).tensor("blk.0.attn_q.nq_v", 26, new long[] {1}, new byte[4]),
        "has ±1 factors but no metadata key");
  }

  private static void assertRefused(GgufWriter writer, String reason) {
    assertThatThrownBy(() -> parse(writer))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(reason);
  }
}
