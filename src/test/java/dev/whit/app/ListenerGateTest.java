package dev.whit.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whit.backend.BackendListener;
import dev.whit.backend.RequestLabel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ListenerGateTest {
  private static final BackendListener.StepStats BUSY =
      new BackendListener.StepStats(1, 0, 1, 9, 8, 1, 0, 0, 0);
  private static final BackendListener.StepStats IDLE =
      new BackendListener.StepStats(0, 0, 0, 9, 0, 1, 0, 0, 0);

  private final ListenerGate gate = new ListenerGate();
  private final Heard heard = new Heard();

  /** Writes down what it hears. */
  private static final class Heard implements BackendListener {
    private final List<Object> events = new ArrayList<>();

    @Override
    public void onStep(StepStats stats) {
      events.add(stats);
    }

    @Override
    public void onPrompt(int tokens) {
      events.add(tokens);
    }

    @Override
    public void onFirstToken(Duration sinceArrival) {
      events.add(sinceArrival);
    }
  }

  @Test
  void nothingOfTheWarmUpIsPassedOn() throws InterruptedException {
    gate.forGeneration(RequestLabel.NONE).onFirstToken(Duration.ofMillis(1));
    gate.onStep(BUSY);
    gate.onStep(IDLE);

    gate.openWhenIdle(heard);

    assertThat(heard.events).isEmpty();
  }

  @Test
  void everythingAfterIt() throws InterruptedException {
    gate.onStep(IDLE);
    gate.openWhenIdle(heard);

    gate.forGeneration(RequestLabel.NONE).onPrompt(3);
    gate.forGeneration(RequestLabel.NONE).onFirstToken(Duration.ofMillis(2));
    gate.onStep(BUSY);

    assertThat(heard.events).containsExactly(3, Duration.ofMillis(2), BUSY);
  }
}
