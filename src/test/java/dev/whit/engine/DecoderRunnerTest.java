package dev.whit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.whit.backend.BackendListener;
import dev.whit.backend.FinishReason;
import dev.whit.backend.GenerationEvent;
import dev.whit.backend.GenerationRequest;
import dev.whit.backend.Pooling;
import dev.whit.backend.SamplingParams;
import dev.whit.backend.TokenScore;
import dev.whit.checkpoint.Checkpoint;
import dev.whit.checkpoint.CheckpointReader;
import dev.whit.checkpoint.TensorData;
import dev.whit.kernel.KvType;
import dev.whit.kernel.cpu.ScalarKernels;
import dev.whit.kernel.cpu.VectorKernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real models through the engine, against the reference implementation's answers. */
class DecoderRunnerTest {
  /**
   * One prompt of a golden file.
   *
   * @param hidden the last hidden states, after the final norm; empty where the file has none
   */
  private record Case(int[] prompt, List<Integer> greedy, float[] logits, float[] hidden) {}

  private static List<Case> cases(String name) {
    List<Case> cases = new ArrayList<>();
    try (Checkpoint golden =
        CheckpointReader.open(GoldenRunner.GOLDEN.resolve(name).resolve("golden.safetensors"))) {
      for (int i = 0; golden.find("greedy." + i).isPresent(); i++) {
        cases.add(
            new Case(
                ids(golden, "prompt." + i),
                Arrays.stream(ids(golden, "greedy." + i)).boxed().toList(),
                golden.find("logits." + i).map(TensorData::floats).orElseThrow(),
                lastHidden(golden, "hidden." + i + ".")));
      }
    }
    assertThat(cases).isNotEmpty();
    return cases;
  }

  private static float[] lastHidden(Checkpoint golden, String prefix) {
    int layers = 0;
    while (golden.find(prefix + (layers + 1)).isPresent()) {
      layers++;
    }
    return golden.find(prefix + layers).map(TensorData::floats).orElse(new float[0]);
  }

  private static int[] ids(Checkpoint golden, String name) {
    long[] ids = TensorData.longs(golden.find(name).orElseThrow());
    return Arrays.stream(ids).mapToInt(Math::toIntExact).toArray();
  }

  private static void run(
      String name, int batchTokens, List<GenerationRequest> requests, List<RecordingListener> to) {
    EngineConfig config = new EngineConfig(8, batchTokens, 16, 64, 256, 8, 1_000_000);
    try (ModelRunner runner = new GoldenRunner(name, new VectorKernels(2), config, KvType.F32);
        Device device = new Device(new ScalarKernels())) {
      Engine engine =
          new Engine(
              name,
              config,
              runner,
              BatchInvarianceTest.info(GoldenRunner.VOCABULARY),
              device,
              BackendListener.NONE,
              System::nanoTime);
      for (GenerationRequest request : requests) {
        RecordingListener listener = new RecordingListener();
        to.add(listener);
        engine.submit(request, listener);
      }
      while (!engine.scheduler().isEmpty() || to.getFirst().events().isEmpty()) {
        engine.step();
      }
    }
  }

  /** OPT's has another width after its last projection; Gemma's norm another weight. */
  @ParameterizedTest
  @CsvSource({
    "llama/littlebit, 5, MEAN",
    "llama/nanoquant-pt, 64, LAST",
    "opt-postnorm/littlebit, 64, MEAN",
    "gemma2/nanoquant-pt, 7, LAST",
    "gemma2/nanoquant-pt, 7, MEAN"
  })
  void embeddingsAreTheReferencesLastHiddenStates(String name, int batchTokens, Pooling pooling) {
    List<Case> cases = cases(name).stream().filter(c -> c.hidden().length > 0).toList();
    assertThat(cases).isNotEmpty();
    List<RecordingListener> listeners = new ArrayList<>();
    run(
        name,
        batchTokens,
        cases.stream().map(golden -> Requests.embedding(golden.prompt(), pooling)).toList(),
        listeners);
    for (int i = 0; i < cases.size(); i++) {
      float[] actual = listeners.get(i).embedding();
      double[] expected = pooled(cases.get(i), pooling);
      assertThat(actual).hasSize(expected.length);
      double difference = 0;
      double size = 0;
      for (int j = 0; j < actual.length; j++) {
        difference += Math.pow(actual[j] - expected[j], 2);
        size += Math.pow(expected[j], 2);
      }
      assertThat(Math.sqrt(difference / size)).as("relative L2").isLessThan(1e-5);
      assertThat(listeners.get(i).events())
          .endsWith(new GenerationEvent.Finished(FinishReason.STOP));
    }
  }

  private static double[] pooled(Case golden, Pooling pooling) {
    int tokens = golden.prompt().length;
    int width = golden.hidden().length / tokens;
    int first = pooling == Pooling.LAST ? tokens - 1 : 0;
    double[] mean = new double[width];
    for (int row = first; row < tokens; row++) {
      for (int i = 0; i < width; i++) {
        mean[i] += golden.hidden()[row * width + i] / (double) (tokens - first);
      }
    }
    return mean;
  }

  @ParameterizedTest
  @CsvSource({
    "llama/littlebit, 7",
    "llama/littlebit, 256",
    "llama/nanoquant-pt, 64",
    "llama3/littlebit-res, 64",
    "mistral/dense, 64"
  })
  void allPromptsTogetherGetTheReferencesTokensAndScores(String name, int batchTokens) {
    List<Case> cases = cases(name);
    List<RecordingListener> listeners = new ArrayList<>();
    run(
        name,
        batchTokens,
        cases.stream()
            .map(golden ->
                Requests.scored(golden.prompt(), golden.greedy().size(), SamplingParams.GREEDY))
            .toList(),
        listeners);
    for (int i = 0; i < cases.size(); i++) {
      assertThat(listeners.get(i).tokens()).isEqualTo(cases.get(i).greedy());
      assertScores(listeners.get(i).promptScores(), cases.get(i));
    }
  }

  /** Each prompt token's log-probability, from the reference's logits at the place before it. */
  private static void assertScores(List<TokenScore> scores, Case golden) {
    int vocabulary = golden.logits().length / golden.prompt().length;
    assertThat(scores).hasSize(golden.prompt().length - 1);
    for (int i = 0; i < scores.size(); i++) {
      float[] row = Arrays.copyOfRange(golden.logits(), i * vocabulary, (i + 1) * vocabulary);
      int token = golden.prompt()[i + 1];
      double sum = 0;
      for (float logit : row) {
        sum += Math.exp(logit);
      }
      assertThat(scores.get(i).token()).isEqualTo(token);
      assertThat((double) scores.get(i).logprob())
          .isCloseTo(row[token] - Math.log(sum), within(1e-4));
    }
  }
}
