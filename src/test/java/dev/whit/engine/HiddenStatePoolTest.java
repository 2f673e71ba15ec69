package dev.whit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HiddenStatePoolTest {
  private static final float[] STATES = {1, 2, 3, 4, 8, 9};

  private final HiddenStatePool pool = new HiddenStatePool();

  @Test
  void isTheMeanOfItsRows() {
    for (int row = 0; row < 3; row++) {
      pool.add(row, STATES, row, 2);
    }

    assertThat(pool.mean()).containsExactly(4, 5);
  }

  /** A step that throws is tried again, and may have pooled rows before it threw. */
  @Test
  void rowsThatComeAgainChangeNothing() {
    pool.add(0, STATES, 0, 2);
    pool.add(1, STATES, 1, 2);
    pool.add(0, STATES, 0, 2);
    pool.add(1, STATES, 1, 2);
    pool.add(2, STATES, 2, 2);

    assertThat(pool.mean()).containsExactly(4, 5);
  }

  @Test
  void mayBeginLater() {
    pool.add(7, STATES, 2, 2);

    assertThat(pool.mean()).containsExactly(8, 9);
  }
}
