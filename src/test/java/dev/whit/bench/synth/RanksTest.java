package dev.whit.bench.synth;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RanksTest {
  /** The first by hand: (0.1 · 4096² − 32 · 8192) / (2 · 8208) = 86.2. */
  @ParameterizedTest
  @CsvSource({
    "0.1, 4096, 4096, 80",
    "0.1, 4096, 11008, 128",
    "0.55, 4096, 4096, 544",
    "0.55, 11008, 4096, 800",
    "1, 8192, 28672, 3168",
    "0.001, 4096, 4096, 8",
    "16, 96, 64, 64"
  })
  void littleBitInStepsOf8(double bits, int inputs, int outputs, int rank) {
    assertThat(Ranks.littleBit(bits, inputs, outputs)).isEqualTo(rank);
  }

  /** The first by hand: 0.55 · 4096² / 8192 − 16 = 1110.4. */
  @ParameterizedTest
  @CsvSource({
    "0.55, 4096, 4096, 1088",
    "1, 4096, 4096, 2016",
    "1, 11008, 4096, 2944",
    "0.001, 4096, 4096, 32",
    "16, 96, 24, 24"
  })
  void nanoQuantInStepsOf32(double bits, int inputs, int outputs, int rank) {
    assertThat(Ranks.nanoQuant(bits, inputs, outputs)).isEqualTo(rank);
  }
}
