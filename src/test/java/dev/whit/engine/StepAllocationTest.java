package dev.whit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.whit.backend.BackendListener;
import dev.whit.backend.GenerationRequest;
import dev.whit.backend.SamplingParams;
import dev.whit.engine.StepResult.SequenceResult;
import dev.whit.kernel.cpu.ScalarKernels;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a step allocates beside the forward pass (that allocates nothing: {@code
 * DecodeAllocationTest}) are the small objects that say what happened, none of them as large as the
 * vocabulary, the context or the cache.
 */
class StepAllocationTest {
  private static final int CONTEXT = 4096;
  private static final EngineConfig CONFIG =
      new EngineConfig(16, 64, 16, CONTEXT, CONTEXT, 16, 1_000_000);
  private static final int STEPS = 320;

  private static final ThreadMXBean THREAD_MEMORY =
      (ThreadMXBean) ManagementFactory.getThreadMXBean();

  static List<Arguments> aStepAllocatesLittle() {
    int[] prompt = Requests.prompt(3);
    int most = CONTEXT - prompt.length;
    SamplingParams sampling = new SamplingParams(0.8, 50, 0.9, 0.01, 1);
    List<Arguments> cases = new ArrayList<>();
    for (int sequences : new int[] {1, 16}) {
      cases.add(Arguments.of(sequences, Requests.greedy(prompt, most)));
      cases.add(Arguments.of(sequences, Requests.sampled(prompt, most, sampling)));
      cases.add(Arguments.of(sequences, Requests.logprobs(prompt, most, SamplingParams.GREEDY)));
    }
    return cases;
  }

  @ParameterizedTest
  @MethodSource
  void aStepAllocatesLittle(int sequences, GenerationRequest request) {
    Engine engine =
        new Engine(
            "test",
            CONFIG,
            new FixedLogits(),
            BatchInvarianceTest.info(FixedLogits.VOCABULARY),
            new Device(new ScalarKernels()),
            new BackendListener() {},
            System::nanoTime);
    for (int i = 0; i < sequences; i++) {
      engine.submit(request, event -> {});
    }
    allocatedBy(engine); // what is made once: buffers that grow, classes, call sites

    // Compiled or not: the compiler only leaves objects out. About 2.7 KB and 0.5 KB a sequence.
    assertThat(allocatedBy(engine) / STEPS).isBetween(1L, 4096L + 1024L * sequences);
  }

  private static long allocatedBy(Engine engine) {
    long before = THREAD_MEMORY.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < STEPS; i++) {
      engine.step();
    }
    return THREAD_MEMORY.getCurrentThreadAllocatedBytes() - before;
  }

  /** The same logits for every token, of the sampler that a decoder has. */
  private static final class FixedLogits implements ModelRunner {
    static final int VOCABULARY = 10_000;

    private final Sampler sampler = new Sampler(VOCABULARY);
    private final float[] row = new float[VOCABULARY];

    FixedLogits() {
      SplittableRandom random = new SplittableRandom(1);
      for (int i = 0; i < row.length; i++) {
        row[i] = (float) random.nextDouble(-4, 4);
      }
    }

    @Override
    public StepResult step(SchedulerOutput output) {
      List<SequenceResult> results = new ArrayList<>(output.chunks().size());
      for (ScheduledChunk chunk : output.chunks()) {
        results.add(sampler.sample(chunk, i -> row));
      }
      return new StepResult(results);
    }

    @Override
    public String cacheSalt(int promptLength) {
      return "";
    }

    @Override
    public void close() {}
  }
}
