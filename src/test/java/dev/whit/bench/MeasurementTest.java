package dev.whit.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.whit.model.loading.StepCost;
import org.junit.jupiter.api.Test;

class MeasurementTest {
  private static final StepCost LAYERS = new StepCost(1_000, 8_000);
  private static final StepCost HEAD = new StepCost(300, 150);

  @Test
  void aPromptGoesThroughTheHeadOnce() {
    Workload prompt = new Workload(Workload.Phase.PREFILL, 100, 1);

    Measurement measured = Measurement.of(prompt, 2, new double[] {2}, 4, LAYERS, HEAD, 1e-6);

    assertThat(measured.tokensPerSecond().median()).isEqualTo(50);
    assertThat(measured.gigaWeightsPerSecond()).isCloseTo(800_150e-9 / 2, within(1e-12));
    assertThat(measured.gigabytesPerSecond()).isCloseTo(4_300e-9 / 2, within(1e-12));
    assertThat(measured.shareOfRead()).isCloseTo(2.15, within(1e-9));
  }

  @Test
  void everyDecodedTokenGoesThroughTheHead() {
    Workload decode = new Workload(Workload.Phase.DECODE, 10, 3);

    Measurement measured = Measurement.of(decode, 2, new double[] {2}, 10, LAYERS, HEAD, 1e-6);

    assertThat(measured.gigaWeightsPerSecond()).isCloseTo(30 * 8_150e-9 / 2, within(1e-12));
    assertThat(measured.gigabytesPerSecond()).isCloseTo(13_000e-9 / 2, within(1e-12));
  }
}
