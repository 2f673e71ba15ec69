package dev.whit.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class TokenComparisonTest {
  private static double[] softmax(float[] logits, int offset, int size) {
    double[] p = new double[size];
    double sum = 0;
    for (int i = 0; i < size; i++) {
      p[i] = Math.exp(logits[offset + i]);
      sum += p[i];
    }
    for (int i = 0; i < size; i++) {
      p[i] /= sum;
    }
    return p;
  }

  private static float[] random(SplittableRandom random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextDouble(-8, 8);
    }
    return values;
  }

  @RepeatedTest(5)
  void isTheDefinition(RepetitionInfo repetition) {
    SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
    int size = 1 + random.nextInt(300);
    float[] model = random(random, 3 * size);
    float[] reference = random(random, 3 * size);
    int token = random.nextInt(size);

    TokenComparison comparison = TokenComparison.of(model, reference, size, size, token);

    double[] p = softmax(model, size, size);
    double[] r = softmax(reference, size, size);
    double kl = 0;
    int top = 0;
    int referenceTop = 0;
    for (int i = 0; i < size; i++) {
      kl += r[i] * Math.log(r[i] / p[i]);
      top = p[i] > p[top] ? i : top;
      referenceTop = r[i] > r[referenceTop] ? i : referenceTop;
    }
    assertThat(comparison.nll()).isCloseTo(-Math.log(p[token]), within(1e-12));
    assertThat(comparison.referenceNll()).isCloseTo(-Math.log(r[token]), within(1e-12));
    assertThat(comparison.kl()).isCloseTo(kl, within(1e-12));
    assertThat(comparison.sameTop()).isEqualTo(top == referenceTop);
    assertThat(TokenComparison.nll(model, size, size, token)).isEqualTo(comparison.nll());
  }

  @Test
  void ofLargeLogitsNothingOverflows() {
    float[] model = {3e4f, 0, -3e4f};
    float[] reference = {3e4f, 2.9e4f, 0};

    TokenComparison comparison = TokenComparison.of(model, reference, 0, 3, 1);

    assertThat(comparison.nll()).isEqualTo(3e4);
    assertThat(comparison.referenceNll()).isEqualTo(1e3);
    assertThat(comparison.kl()).isZero();
    assertThat(comparison.sameTop()).isTrue();
  }

  @Test
  void ofEqualLogitsTheLowestIdIsTheLikeliest() {
    float[] flat = {1, 1, 1};

    assertThat(TokenComparison.of(flat, new float[] {2, 1, 0}, 0, 3, 0).sameTop()).isTrue();
    assertThat(TokenComparison.of(flat, new float[] {0, 2, 2}, 0, 3, 0).sameTop()).isFalse();
  }
}
