package dev.whit.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Estimates, percentiles and tests, against figures made by hand and by numpy and scipy. */
class EvalStatisticsTest {
  @Test
  void aMeanHasTheErrorOfItsSample() {
    Estimate mean = Estimate.mean(new double[] {1, 2, 3, 4});

    assertThat(mean.value()).isEqualTo(2.5);
    assertThat(mean.error()).isCloseTo(Math.sqrt(5.0 / 3 / 4), within(1e-15));
    assertThat(mean.exp().error()).isCloseTo(Math.exp(2.5) * mean.error(), within(1e-12));
  }

  @Test
  void percentilesLieOnTheLineBetweenElements() {
    double[] sample = {4, 1, 3, 2};

    assertThat(Quantiles.of(sample))
        .containsEntry("0", 1.0)
        .containsEntry("50", 2.5)
        .containsEntry("100", 4.0)
        .containsEntry("90", 3.7);
    assertThat(Quantiles.curve(sample)).hasSize(101).isSorted();
  }

  @Test
  void mcNemarCountsWhatOnlyOneGotRight() {
    boolean[] model = new boolean[20];
    boolean[] reference = new boolean[20];
    for (int i = 0; i < 20; i++) {
      model[i] = i < 2 || i >= 16;
      reference[i] = (i >= 2 && i < 12) || i >= 18;
    }

    McNemar test = McNemar.of(model, reference);

    assertThat(test.onlyModel()).isEqualTo(4);
    assertThat(test.onlyReference()).isEqualTo(10);
    // 2 · P(X ≤ 4), X of 14 fair coins: 2 · 1471 / 16384
    assertThat(test.p()).isCloseTo(2 * 1471 / 16384.0, within(1e-12));
  }

  @Test
  void ofEqualAnswersNothingIsKnown() {
    boolean[] same = {true, false};

    assertThat(McNemar.of(same, same).p()).isEqualTo(1);
  }

  @Test
  void blocksAreJoined() {
    EvalReport.Text text =
        TextReport.of(
            List.of(
                new BlockResult(
                    0,
                    new float[] {1, 2},
                    new float[] {1, 1},
                    new float[] {0, 0.5f},
                    new byte[] {1, 0}),
                new BlockResult(
                    1,
                    new float[] {3, 4},
                    new float[] {3, 2},
                    new float[] {0.25f, 0.25f},
                    new byte[] {1, 1})));

    assertThat(text.tokens()).isEqualTo(4);
    assertThat(text.perplexity().value()).isCloseTo(Math.exp(2.5), within(1e-12));
    assertThat(text.blockNll()).containsExactly(1.5, 3.5);
    EvalReport.Comparison comparison = text.comparison();
    assertThat(comparison).isNotNull();
    assertThat(comparison.ratio().value()).isCloseTo(Math.exp(0.75), within(1e-12));
    assertThat(comparison.lnRatio().error()).isCloseTo(0.478713554, within(1e-9));
    assertThat(comparison.correlation()).isCloseTo(67.419986246, within(1e-6));
    assertThat(comparison.kl().value()).isEqualTo(0.25);
    assertThat(comparison.sameTop().value()).isEqualTo(0.75);
    double[] deltaP = {
      0, Math.exp(-2) - Math.exp(-1), 0, Math.exp(-4) - Math.exp(-2),
    };
    assertThat(comparison.deltaP().value()).isCloseTo((deltaP[1] + deltaP[3]) / 4, within(1e-12));
    assertThat(comparison.rmsDeltaP().value())
        .isCloseTo(Math.sqrt((deltaP[1] * deltaP[1] + deltaP[3] * deltaP[3]) / 4), within(1e-12));
    // Of independent samples it would be larger: they rise and fall together.
    assertThat(comparison.difference().error())
        .isLessThan(
            Math.hypot(text.perplexity().error(), comparison.referencePerplexity().error()));
  }

  @Test
  void withoutReferenceThereIsNoComparison() {
    EvalReport.Text text =
        TextReport.of(
            List.of(
                new BlockResult(0, new float[] {1, 2}, new float[0], new float[0], new byte[0])));

    assertThat(text.comparison()).isNull();
    assertThat(text.nll().value()).isEqualTo(1.5);
  }
}
