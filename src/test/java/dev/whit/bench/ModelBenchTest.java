package dev.whit.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.whit.bench.synth.Method;
import dev.whit.bench.synth.ModelSynthesizer;
import dev.whit.bench.synth.Shapes;
import dev.whit.bench.synth.SynthSpec;
import dev.whit.checkpoint.DType;
import dev.whit.kernel.KvType;
import dev.whit.model.loading.HeadType;
import dev.whit.model.loading.ModelSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelBenchTest {
  private static final int HIDDEN = 64;
  private static final int FEED_FORWARD = 96;
  private static final int VOCABULARY = 300;

  @TempDir private Path directory;

  @Test
  void measuresEveryWorkloadWithEveryNumberOfThreads() throws IOException {
    write(Method.LITTLEBIT);
    List<String> stages = new ArrayList<>();

    BenchReport report = ModelBench.run(source(), spec(List.of(1, 2), 2), stages::add);

    assertThat(report.runs()).extracting(BenchReport.Run::threads).containsExactly(1, 2);
    assertThat(report.runs())
        .allSatisfy(run -> {
          assertThat(run.readGigabytesPerSecond()).isPositive();
          assertThat(run.measurements())
              .extracting(m -> m.test() + " x " + m.batch())
              .containsExactly("pp20 x 1", "tg5 x 1", "tg5 x 3");
          assertThat(run.measurements())
              .allSatisfy(m -> {
                assertThat(m.threads()).isEqualTo(run.threads());
                Spread rate = m.tokensPerSecond();
                assertThat(rate.min()).isPositive().isLessThanOrEqualTo(rate.median());
                assertThat(rate.median()).isLessThanOrEqualTo(rate.max());
                assertThat(m.gigaWeightsPerSecond()).isPositive();
                assertThat(m.shareOfRead()).isPositive();
              });
        });
    assertThat(stages).contains("2 threads, tg5, batch 3, repetition 2 of 2");
  }

  @Test
  void countsEveryElementThatATokenIsMultipliedWith() throws IOException {
    write(Method.DENSE);

    BenchReport report = ModelBench.run(source(), spec(List.of(1), 1), stage -> {});

    // q and o are square, k and v half as high; gate, up and down; the head.
    int layer = 3 * HIDDEN * HIDDEN + 3 * HIDDEN * FEED_FORWARD;
    int weights = 2 * layer + VOCABULARY * HIDDEN;
    assertThat(report.model().weights()).isEqualTo(weights);
    assertThat(report.model().weightBytes()).isEqualTo(2L * weights);
  }

  @Test
  void countsTheElementsOfFactors() throws IOException {
    write(Method.NANOQUANT);

    BenchReport report = ModelBench.run(source(), spec(List.of(1), 1), stage -> {});

    // Rank 32 everywhere: q and o, k and v, then gate, up and down.
    int layer = 32 * (4 * HIDDEN + 2 * (HIDDEN + HIDDEN / 2) + 3 * (HIDDEN + FEED_FORWARD));
    assertThat(report.model().weights()).isEqualTo(2 * layer + VOCABULARY * HIDDEN);
  }

  @Test
  void aModelWithoutFiniteLogitsIsNotMeasured() throws IOException {
    write(Method.DENSE);
    spoilTheEnd(directory.resolve("model.safetensors"));

    assertThatThrownBy(() -> ModelBench.run(source(), spec(List.of(1), 1), stage -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("not finite");
  }

  /** The head is the last tensor: NaN in all of it. */
  private static void spoilTheEnd(Path file) throws IOException {
    int bytes = 2 * VOCABULARY * HIDDEN;
    ByteBuffer nan = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (nan.hasRemaining()) {
      nan.putShort((short) 0x7FC0);
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(nan.flip(), channel.size() - bytes);
    }
  }

  private ModelSource source() {
    return new ModelSource(directory, null);
  }

  private static BenchSpec spec(List<Integer> threads, int repetitions) {
    return new BenchSpec(
        threads, List.of(20), List.of(1, 3), 5, 8, 0, repetitions, KvType.F16, HeadType.STORED);
  }

  private void write(Method method) throws IOException {
    ObjectNode shape =
        Shapes.find("llama2-7b")
            .orElseThrow()
            .put("hidden_size", HIDDEN)
            .put("intermediate_size", FEED_FORWARD)
            .put("num_hidden_layers", 2)
            .put("num_attention_heads", 4)
            .put("num_key_value_heads", 2)
            .put("vocab_size", VOCABULARY);
    SynthSpec spec = new SynthSpec(method, 0.5, DType.BF16, 1);
    ModelSynthesizer.write(Path.of("test"), shape, spec, directory, (written, total) -> {});
  }
}
