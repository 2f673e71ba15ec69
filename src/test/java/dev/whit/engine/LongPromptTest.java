package dev.whit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whit.backend.BackendListener;
import dev.whit.backend.GenerationEvent;
import dev.whit.kernel.cpu.ScalarKernels;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A prompt of 4000 tokens comes while others read their answers, on a model whose steps cost what a
 * synthetic 1B model's cost, by a clock of the test's own: answers go on, and the prompt keeps at
 * least half of its speed.
 */
class LongPromptTest {
  private static final int PROMPT = 4000;
  private static final EngineConfig CONFIG = new EngineConfig(8, 128, 16, 1000, 8000, 8, 1_000_000);

  private final FakeRunner runner = new FakeRunner(CONFIG);
  private final Random noise = new Random(5);
  private long now;

  private final Engine engine =
      new Engine(
          "long",
          CONFIG,
          runner,
          BatchInvarianceTest.info(FakeRunner.VOCABULARY),
          new Device(new ScalarKernels()),
          BackendListener.NONE,
          () -> now);

  LongPromptTest() {
    runner.before = output -> now += nanos(output);
  }

  /**
   * 17 ms to read the weights, 5 ms a token, 1 ms for the head, 2 µs for each attended position.
   */
  private long nanos(SchedulerOutput output) {
    StepWork work = StepWork.of(output.chunks());
    double exact = 17e6 + 5e6 * work.tokens() + 1e6 * work.logitRows() + 2e3 * work.attended();
    return (long) (exact * (1 + 0.1 * noise.nextDouble()));
  }

  /** Times of its tokens. */
  private List<Long> submit(int prompt, int maxTokens) {
    List<Long> times = new ArrayList<>();
    engine.submit(
        Requests.greedy(Requests.prompt(noise, prompt, FakeRunner.VOCABULARY), maxTokens),
        event -> {
          if (event instanceof GenerationEvent.Token) {
            times.add(now);
          }
        });
    return times;
  }

  @Test
  void answersGoOnAndThePromptKeepsHalfOfItsSpeed() {
    List<Long> alone = submit(PROMPT, 1);
    long start = now;
    while (alone.isEmpty()) {
      engine.step();
    }
    long solo = alone.getFirst() - start;
    long streamsFrom = now;
    List<List<Long>> streams = List.of(submit(60, 900), submit(60, 900), submit(60, 900));
    for (int i = 0; i < 200; i++) {
      engine.step();
    }
    List<Long> usual = sortedGaps(streams, (streamsFrom + now) / 2, now);
    double median = usual.get(usual.size() / 2);

    List<Long> other = submit(PROMPT, 1);
    start = now;
    while (other.isEmpty()) {
      engine.step();
    }

    List<Long> gaps = sortedGaps(streams, start, now);
    assertThat(gaps).hasSizeGreaterThan(100);
    double p99 = gaps.get(gaps.size() * 99 / 100);
    assertThat(p99).isBetween(1.5 * median, 3 * median);
    assertThat(other.getFirst() - start).isLessThan(2 * solo);
  }

  private static List<Long> sortedGaps(List<List<Long>> streams, long from, long to) {
    List<Long> gaps = new ArrayList<>();
    for (List<Long> times : streams) {
      for (int i = 1; i < times.size(); i++) {
        if (times.get(i - 1) >= from && times.get(i) <= to) {
          gaps.add(times.get(i) - times.get(i - 1));
        }
      }
    }
    return gaps.stream().sorted().toList();
  }
}
