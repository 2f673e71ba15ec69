package dev.whit.model.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whit.kernel.KvType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelSummaryTest {
  private static final Path DATA = Path.of(System.getProperty("whit.data", "../shared/data"));

  @Test
  void describesAFactorisedModel() {
    ModelSummary summary = inspect(Fixture.directory("llama3/littlebit-res"));
    assertThat(summary.format()).isEqualTo("littlebit");
    assertThat(summary.features())
        .containsExactly(
            "4 heads over 2 key/value heads of 16",
            "RMSNorm before each branch",
            "silu-gated feed-forward",
            "rope llama3, theta 200.0",
            "tied head");
    // 320·64 embedding, 3 layers of 64·64·2 + 64·32·2 + 3·64·144, 7 norms of 64.
    assertThat(summary.parameters()).isEqualTo(20480 + 3 * (8192 + 4096 + 27648) + 448);
    assertThat(summary.bytes().embeddings()).isEqualTo(40960);
    assertThat(summary.bytes().head()).isZero();
    assertThat(summary.bytes().norms()).isEqualTo(896);
    assertThat(summary.layers()).hasSize(3).allSatisfy(layer -> assertThat(layer).hasSize(7));
    assertThat(summary.warnings()).isEmpty();
    assertThat(summary.assumedDefaults()).isEmpty();
    assertThat(summary.config().kvBytesPerToken(KvType.F16)).isEqualTo(2 * 3 * 2 * (16 * 2 + 4));
  }

  @Test
  void countsTheBitsOfEveryTensorThatStandsForALayer() {
    LinearSummary down = inspect(Fixture.directory("llama/littlebit")).layers().get(1).getLast();
    assertThat(down.name()).isEqualTo("model.layers.1.mlp.down_proj");
    int rank = down.ranks().getFirst();
    // ±1 elements of U and V; u1 and v2; v1 and u2, which stand for one scale but are stored twice.
    double bits = rank * (64 + 144) + 16 * (64 + 144) + 32 * rank;
    assertThat(down.bitsPerWeight()).isCloseTo(bits / (64 * 144), within(1e-12));
  }

  @Test
  void aDenseModelHasTheBitsOfItsType() {
    ModelSummary summary = inspect(Fixture.directory("mistral/dense"));
    assertThat(summary.format()).isEqualTo("dense");
    assertThat(summary.bitsPerWeight()).isEqualTo(16);
    assertThat(summary.features()).contains("sliding window 8", "untied head");
    assertThat(summary.layers().getFirst().getFirst().ranks()).isEqualTo(List.of());
  }

  @ParameterizedTest
  @CsvSource({"fp16, 16.0", "littlebit, 0.8727", "nanoquant, 0.7305"})
  void theDemoModelsHaveTheBitsOfTheirReference(String model, double bits) {
    Path demo = DATA.resolve("demo").resolve(model);
    assumeTrue(Files.isDirectory(demo), () -> "no " + demo);
    assertThat(inspect(demo).bitsPerWeight()).isCloseTo(bits, within(5e-5));
  }

  private static ModelSummary inspect(Path directory) {
    return ModelLoader.inspect(new ModelSource(directory, null));
  }
}
