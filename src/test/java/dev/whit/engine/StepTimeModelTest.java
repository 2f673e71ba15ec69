package dev.whit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class StepTimeModelTest {
  private static final StepWork DECODE = new StepWork(4, 4, 2000);
  private static final StepWork PREFILL = new StepWork(128, 1, 100_000);

  private final StepTimeModel model = new StepTimeModel();

  private static double nanos(StepWork work) {
    return 10e6 + 5e6 * work.tokens() + 2e6 * work.logitRows() + 300.0 * work.attended();
  }

  private void learn(StepWork work) {
    model.learn(work, (long) nanos(work));
  }

  @Test
  void knowsNothingBeforeItHasMeasured() {
    assertThat(model.nanos(PREFILL)).isZero();
  }

  @Test
  void learnsWhatEachMeasureCosts() {
    Random random = new Random(3);
    for (int i = 0; i < 64; i++) {
      int tokens = 1 + random.nextInt(128);
      learn(new StepWork(tokens, 1 + random.nextInt(tokens), (long) tokens * random.nextInt(4000)));
    }
    assertThat(model.nanos(DECODE)).isCloseTo(nanos(DECODE), within(0.05 * nanos(DECODE)));
    assertThat(model.nanos(PREFILL)).isCloseTo(nanos(PREFILL), within(0.05 * nanos(PREFILL)));
  }

  @Test
  void remembersPromptsWhileThereAreNone() {
    for (int i = 0; i < 5; i++) {
      learn(PREFILL);
      learn(DECODE);
    }
    double before = model.nanos(PREFILL);
    for (int i = 0; i < 1000; i++) {
      learn(DECODE);
    }
    assertThat(before).isCloseTo(nanos(PREFILL), within(0.1 * nanos(PREFILL)));
    assertThat(model.nanos(PREFILL)).isCloseTo(before, within(0.2 * before));
    assertThat(model.nanos(DECODE)).isCloseTo(nanos(DECODE), within(0.01 * nanos(DECODE)));
  }

  @Test
  void aPauseOfTheMachineChangesLittle() {
    for (int i = 0; i < 64; i++) {
      model.learn(DECODE, (long) ((i == 60 ? 100 : 1) * nanos(DECODE)));
    }
    assertThat(model.nanos(DECODE)).isCloseTo(nanos(DECODE), within(0.03 * nanos(DECODE)));
  }

  @Test
  void followsAMachineThatBecomesSlower() {
    for (int i = 0; i < 64; i++) {
      learn(DECODE);
    }
    for (int i = 0; i < 64; i++) {
      model.learn(DECODE, (long) (3 * nanos(DECODE)));
    }
    assertThat(model.nanos(DECODE)).isCloseTo(3 * nanos(DECODE), within(0.1 * nanos(DECODE)));
  }

  @Test
  void noCostIsNegative() {
    for (int i = 0; i < 20; i++) {
      model.learn(DECODE, 50_000_000);
      model.learn(PREFILL, 10_000_000); // more work, less time
    }
    assertThat(model.nanos(PREFILL)).isBetween(0.0, 60_000_000.0);
    assertThat(model.nanos(new StepWork(10_000, 0, 0))).isNotNegative();
  }

  @Test
  void aClockThatStandsStillTeachesNothing() {
    model.learn(DECODE, 0);
    assertThat(model.nanos(DECODE)).isZero();
  }
}
