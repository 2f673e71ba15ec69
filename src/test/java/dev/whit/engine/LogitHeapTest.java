package dev.whit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LogitHeapTest {
  private static final int VOCABULARY = 500;

  private final LogitHeap heap = new LogitHeap(VOCABULARY);

  @Test
  void handsOutAllTokensBestFirstAndEqualOnesByTheirIds() {
    Random random = new Random(2);
    for (float spread : new float[] {0, 1, 5, 100, 1e30f}) {
      float[] logits = new float[VOCABULARY];
      for (int id = 0; id < VOCABULARY; id++) {
        logits[id] = random.nextInt(3) == 0 ? -spread : (float) random.nextGaussian() * spread;
      }
      logits[7] = -0f;
      logits[9] = 0f; // they are equal
      List<Integer> expected =
          IntStream.range(0, VOCABULARY)
              .boxed()
              .sorted(Comparator.comparingDouble((Integer id) -> -(logits[id] + 0f)))
              .toList();
      heap.load(logits, logits[TokenChooser.argmax(logits)]);
      List<Integer> removed = new ArrayList<>();
      for (int i = 0; i < VOCABULARY; i++) {
        removed.add(heap.removeBest());
      }
      assertThat(removed).as("spread %s", spread).isEqualTo(expected);
    }
  }

  @Test
  void forgetsARowThatWasNotUsedUp() {
    float[] first = new float[VOCABULARY];
    first[3] = 50;
    heap.load(first, 50);
    assertThat(heap.removeBest()).isEqualTo(3);
    float[] second = new float[VOCABULARY];
    second[4] = 1;
    heap.load(second, 1);
    assertThat(heap.removeBest()).isEqualTo(4);
    assertThat(heap.removeBest()).isZero();
  }
}
