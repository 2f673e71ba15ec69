package dev.whit.model.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
    blockBytes = 16L * 2 * 3 * 64 * 2;
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

  private MemoryPlan plan(long budget) {
    return MemoryPlan.of(config, WEIGHTS, DEMAND, budget);
  }
}
