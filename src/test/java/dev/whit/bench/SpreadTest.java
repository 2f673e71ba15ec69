package dev.whit.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SpreadTest {
  @Test
  void ofAnOddNumberOfValues() {
    assertThat(Spread.of(new double[] {3, 1, 9})).isEqualTo(new Spread(3, 1, 9));
  }

  @Test
  void ofAnEvenNumberOfValues() {
    assertThat(Spread.of(new double[] {4, 1, 9, 2})).isEqualTo(new Spread(3, 1, 9));
  }
}
