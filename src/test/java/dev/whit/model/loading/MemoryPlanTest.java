package dev.whit.model.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whit.kernel.KvShape;
import dev.whit.kernel.KvType;
import dev.whit.model.Decoder;
import dev.whit.model.ModelConfig;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryPlanTest {
  private static final long WEIGHTS = 10_000_000;
  private static final MemoryPlan.Demand DEMAND =
      new MemoryPlan.Demand(4, 1000, 128, KvType.F16, 16);

  @TempDir Path directory;
  private ModelConfig config;
  private long workspace;
  private long blockBytes;

  @BeforeEach
  void parse() {
    config =
        ConfigFixture.parse(
            directory,
            "'model_type': 'llama', 'vocab_size': 320, 'hidden_size': 64,"
                + " 'intermediate_size': 144, 'num_hidden_layers': 3, 'num_attention_heads': 4");
    workspace = Decoder.workspaceBytes(config, 128);
    blockBytes = 16L * 2 * 3 * 4 * (16 * 2 + 4); // a scale for each head of 16
  }

  @Test
  void everySequenceGetsItsFullContextWhenItFits() {
    MemoryPlan plan = plan(1L << 30);
    assertThat(plan.blocks()).isEqualTo(4 * 63);
    assertThat(plan.context()).isEqualTo(1000);
    assertThat(plan.kvBytes()).isEqualTo(4 * 63 * blockBytes);
    assertThat(plan.totalBytes()).isEqualTo(WEIGHTS + workspace + plan.kvBytes());
    assertThat(plan.describe()).contains("context 1000 tokens, 4 sequences at full context");
  }

  @Test
  void theBudgetCapsTheBlocks() {
    MemoryPlan plan = plan(WEIGHTS + workspace + 100 * blockBytes + 1);
    assertThat(plan.blocks()).isEqualTo(100);
    assertThat(plan.context()).isEqualTo(1000);
  }

  @Test
  void aContextThatDoesNotFitIsCapped() {
    MemoryPlan plan = plan(WEIGHTS + workspace + 20 * blockBytes);
    assertThat(plan.blocks()).isEqualTo(20);
    assertThat(plan.context()).isEqualTo(320);
  }

  @Test
  void lessThanAUsableContextIsRefusedWithTheNumbers() {
    assertThatThrownBy(() -> plan(WEIGHTS + workspace + 15 * blockBytes))
        .isInstanceOf(MemoryPlan.DoesNotFitException.class)
        .hasMessageContaining("weights 9.5 MiB");
    assertThatThrownBy(() -> plan(1000)).isInstanceOf(MemoryPlan.DoesNotFitException.class);
  }

  @Test
  void moreTokensThanALayerCanNumberAreCapped() {
    MemoryPlan.Demand huge = new MemoryPlan.Demand(1 << 20, 1 << 20, 128, KvType.INT8, 16);
    MemoryPlan plan = MemoryPlan.of(config, WEIGHTS, huge, Long.MAX_VALUE);
    assertThat(plan.blocks()).isEqualTo(KvShape.maxBlocks(16, 4, 16));
    assertThat((long) plan.blocks() * 16 * 64).isBetween(Integer.MAX_VALUE - 1100L, 1L << 31);
  }

  @Test
  void bytesOfACacheCountItsScales() {
    MemoryPlan.Demand one = new MemoryPlan.Demand(1, 160, 128, KvType.INT8, 16);
    // 3 layers, keys and values, 4 heads of 16 bytes and a scale of 4.
    assertThat(MemoryPlan.of(config, WEIGHTS, one, 1L << 30).kvBytes())
        .isEqualTo(160L * 3 * 2 * 4 * (16 + 4));
  }

  private MemoryPlan plan(long budget) {
    return MemoryPlan.of(config, WEIGHTS, DEMAND, budget);
  }
}
