package dev.whit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.whit.backend.BackendListener;
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
  /** One prompt of a golden file. */
  private record Case(int[] prompt, List<Integer> greedy, float[] logits) {}

  private static List<Case> cases(String name) {
    List<Case> cases = new ArrayList<>();
    try (Checkpoint golden =
        CheckpointReader.open(GoldenRunner.GOLDEN.resolve(name).resolve("golden.safetensors"))) {
      for (int i = 0; golden.find("greedy." + i).isPresent(); i++) {
        cases.add(
            new Case(
                ids(golden, "prompt." + i),
                Arrays.stream(ids(golden, "greedy." + i)).boxed().toList(),
                golden.find("logits." + i).map(TensorData::floats).orElseThrow()));
      }
    }
    assertThat(cases).isNotEmpty();
    return cases;
  }

  private static int[] ids(Checkpoint golden, String name) {
    long[] ids = TensorData.longs(golden.find(name).orElseThrow());
    return Arrays.stream(ids).mapToInt(Math::toIntExact).toArray();
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
    EngineConfig config = new EngineConfig(8, batchTokens, 16, 64, 256, 8, 1_000_000);
    List<RecordingListener> listeners = new ArrayList<>();
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
      for (Case golden : cases) {
        RecordingListener listener = new RecordingListener();
        listeners.add(listener);
        engine.submit(
            Requests.scored(golden.prompt(), golden.greedy().size(), SamplingParams.GREEDY),
            listener);
      }
      while (!engine.scheduler().isEmpty() || listeners.getFirst().events().isEmpty()) {
        engine.step();
      }
    }
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
