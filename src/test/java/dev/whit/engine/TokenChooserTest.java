package dev.whit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whit.backend.SamplingParams;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenChooserTest {
  private static final int DRAWS = 20_000;
  // Probabilities 0.4 0.1 0.3 0.05 0.15 at temperature 1.
  private static final double[] PROBABILITIES = {0.4, 0.1, 0.3, 0.05, 0.15};

  private static float[] logits(double... probabilities) {
    float[] logits = new float[probabilities.length];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) (Math.log(probabilities[i]) + 3);
    }
    return logits;
  }

  /** How often each token is drawn, each time as another token of the same sequence. */
  private static int[] frequencies(float[] logits, SamplingParams params) {
    TokenChooser chooser = new TokenChooser(logits.length);
    int[] frequencies = new int[logits.length];
    for (int i = 0; i < DRAWS; i++) {
      frequencies[chooser.choose(logits, params, i)]++;
    }
    return frequencies;
  }

  private static Set<Integer> drawn(float[] logits, SamplingParams params) {
    Set<Integer> drawn = new TreeSet<>();
    int[] frequencies = frequencies(logits, params);
    for (int i = 0; i < frequencies.length; i++) {
      if (frequencies[i] > 0) {
        drawn.add(i);
      }
    }
    return drawn;
  }

  /** Pearson's statistic; 27.9 is exceeded once in 100,000 times with 4 degrees of freedom. */
  private static void assertDistribution(int[] frequencies, double... weights) {
    double total = Arrays.stream(weights).sum();
    double statistic = 0;
    for (int i = 0; i < weights.length; i++) {
      double expected = DRAWS * weights[i] / total;
      if (expected == 0) {
        assertThat(frequencies[i]).as("token %d", i).isZero();
      } else {
        statistic += (frequencies[i] - expected) * (frequencies[i] - expected) / expected;
      }
    }
    assertThat(statistic).isLessThan(27.9);
  }

  @Test
  void drawsFromTheDistribution() {
    SamplingParams params = new SamplingParams(1, 0, 1, 0, 42);
    assertDistribution(frequencies(logits(PROBABILITIES), params), PROBABILITIES);
  }

  @ParameterizedTest
  @CsvSource({"0.5", "0.7", "2", "10"})
  void temperatureDividesTheLogits(double temperature) {
    double[] weights =
        Arrays.stream(PROBABILITIES).map(p -> Math.pow(p, 1 / temperature)).toArray();
    SamplingParams params = new SamplingParams(temperature, 0, 1, 0, 1);
    assertDistribution(frequencies(logits(PROBABILITIES), params), weights);
  }

  @Test
  void truncationRenormalisesWhatItKeeps() {
    SamplingParams params = new SamplingParams(1, 3, 1, 0, 5);
    assertDistribution(frequencies(logits(PROBABILITIES), params), 0.4, 0, 0.3, 0, 0.15);
  }

  @ParameterizedTest
  @CsvSource({
    // top-k, top-p, min-p, tokens left of 0.4 0.1 0.3 0.05 0.15
    "1, 1, 0, 0",
    "2, 1, 0, 0 2",
    "5, 1, 0, 0 1 2 3 4",
    "99, 1, 0, 0 1 2 3 4",
    "0, 0.39, 0, 0",
    "0, 0.41, 0, 0 2",
    "0, 0.69, 0, 0 2",
    "0, 0.71, 0, 0 2 4",
    "0, 0.949, 0, 0 1 2 4",
    "0, 0.951, 0, 0 1 2 3 4",
    "0, 1e-9, 0, 0",
    "0, 0, 0, 0",
    "0, 1, 1, 0",
    "0, 1, 0.76, 0",
    "0, 1, 0.74, 0 2",
    "0, 1, 0.26, 0 2 4",
    "0, 1, 0.24, 0 1 2 4",
    // Top-p is a share of what top-k has left: 0.4 and 0.3 of 0.7, the first is 0.571.
    "2, 0.56, 0, 0",
    "2, 0.58, 0, 0 2",
    // Top-p is a share of what min-p has left: 0.4 and 0.3 of 0.7.
    "0, 0.58, 0.5, 0 2",
    "0, 0.56, 0.5, 0",
    "3, 0.56, 0.5, 0",
    // Top-p would keep three, min-p two of them.
    "0, 0.8, 0.5, 0 2",
    "4, 0.99, 0.3, 0 2 4",
  })
  void truncationsKeepTheMostLikely(int topK, double topP, double minP, String expected) {
    SamplingParams params = new SamplingParams(1, topK, topP, minP, 3);
    assertThat(drawn(logits(PROBABILITIES), params))
        .containsExactlyElementsOf(
            Arrays.stream(expected.split(" ")).map(Integer::valueOf).toList());
  }

  @Test
  void temperatureComesBeforeTopP() {
    // Flattened by temperature 4, the best of 0.4 … has 0.26 of the mass.
    assertThat(drawn(logits(PROBABILITIES), new SamplingParams(4, 0, 0.38, 0, 3))).hasSize(2);
    assertThat(drawn(logits(PROBABILITIES), new SamplingParams(1, 0, 0.38, 0, 3))).hasSize(1);
  }

  @Test
  void tiesAtTheBorderGoToTheLowestIds() {
    float[] equal = new float[7];
    assertThat(drawn(equal, new SamplingParams(1, 3, 1, 0, 3))).containsExactly(0, 1, 2);
    assertThat(drawn(equal, new SamplingParams(1, 0, 0.4, 0, 3))).containsExactly(0, 1, 2);
    assertThat(drawn(equal, new SamplingParams(1, 0, 1, 1, 3))).hasSize(7);
  }

  @Test
  void greedyTakesTheLowestOfTheBest() {
    TokenChooser chooser = new TokenChooser(4);
    assertThat(chooser.choose(new float[] {1, 5, 5, 2}, SamplingParams.GREEDY, 0)).isEqualTo(1);
    assertThat(chooser.choose(new float[] {-0f, 0f, 0f, -0f}, SamplingParams.GREEDY, 0)).isZero();
  }

  @Test
  void extremeTemperaturesAndLogitsStillDraw() {
    float[] extreme = {-Float.MAX_VALUE, Float.MAX_VALUE, 0, Float.MAX_VALUE / 2};
    for (double temperature : new double[] {Double.MIN_VALUE, 1e-9, 1, 1e300}) {
      for (double topP : new double[] {0.5, 1}) {
        int token =
            new TokenChooser(4).choose(extreme, new SamplingParams(temperature, 0, topP, 0, 3), 0);
        assertThat(token).isBetween(0, 3);
        if (temperature <= 1) {
          assertThat(token).isEqualTo(1);
        }
      }
    }
  }

  @Test
  void theDrawIsAFunctionOfSeedAndIndex() {
    float[] logits = new float[1000];
    int[] first = draws(logits, 7);
    assertThat(draws(logits, 7)).isEqualTo(first);
    assertThat(draws(logits, 8)).isNotEqualTo(first);
  }

  private static int[] draws(float[] logits, long seed) {
    TokenChooser chooser = new TokenChooser(logits.length);
    SamplingParams params = new SamplingParams(1, 0, 1, 0, seed);
    int[] draws = new int[50];
    for (int i = draws.length - 1; i >= 0; i--) { // in any order
      draws[i] = chooser.choose(logits, params, i);
    }
    return draws;
  }

  @Test
  void neighbouringSeedsAndIndicesDrawIndependently() {
    // Pairs of (seed, index) over a grid: sums would be skewed if the streams were shifted copies.
    int[] cells = new int[16];
    for (long seed = 0; seed < 200; seed++) {
      for (long index = 0; index < 100; index++) {
        int a = (int) (4 * TokenRandom.uniform(seed, index + 1));
        int b = (int) (4 * TokenRandom.uniform(seed + 1, index));
        cells[4 * a + b]++;
      }
    }
    double statistic = 0;
    for (int cell : cells) {
      statistic += (cell - 1250.0) * (cell - 1250.0) / 1250;
    }
    assertThat(statistic).isLessThan(50); // once in 100,000 times with 15 degrees of freedom
  }
}
