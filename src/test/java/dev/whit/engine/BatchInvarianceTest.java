package dev.whit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whit.backend.BackendInfo;
import dev.whit.backend.BackendListener;
import dev.whit.backend.GenerationRequest;
import dev.whit.backend.LogitAdjustments;
import dev.whit.backend.Pooling;
import dev.whit.backend.SamplingParams;
import dev.whit.constraint.JsonConstraints;
import dev.whit.constraint.TokenVocabulary;
import dev.whit.kernel.KvType;
import dev.whit.kernel.cpu.ScalarKernels;
import dev.whit.kernel.cpu.VectorKernels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a sequence gets does not depend on its company, on how its prompt was cut, on whether it was
 * computed twice, or on what it found in the prefix cache: tokens, scores and embeddings are the
 * same to the last bit.
 */
class BatchInvarianceTest {
  /** For other requests: {@code -Dwhit.invariance.seed=N}. */
  private static final long SEED = Long.getLong("whit.invariance.seed", 20);

  private static final int CONTEXT = 96;
  private static final int BLOCK_SIZE = 4;
  private static final int AMPLE = 20 * CONTEXT / BLOCK_SIZE;

  /** Every token is a piece of JSON. */
  private static final JsonConstraints OBJECTS =
      new JsonConstraints(
          new TokenVocabulary(
              FakeRunner.VOCABULARY,
              id -> {
                String piece = String.valueOf("{}[]\":, \\ntrue01234-.eab".charAt(id % 24));
                return piece.repeat(1 + id / 24 % 2).getBytes(StandardCharsets.UTF_8);
              }));

  enum Model {
    FAKE(FakeRunner.VOCABULARY),
    LITTLEBIT_F16_CACHE(GoldenRunner.VOCABULARY),
    NANOQUANT(GoldenRunner.VOCABULARY),
    DENSE(GoldenRunner.VOCABULARY),
    SLIDING_WINDOW_INT8_CACHE(GoldenRunner.VOCABULARY),
    LONG_ROPE(GoldenRunner.VOCABULARY);

    private final int vocabulary;

    Model(int vocabulary) {
      this.vocabulary = vocabulary;
    }

    ModelRunner runner(EngineConfig config) {
      return switch (this) {
        case FAKE -> new FakeRunner(config);
        case LITTLEBIT_F16_CACHE -> golden("llama/littlebit", config, KvType.F16);
        case NANOQUANT -> golden("llama/nanoquant-pt", config, KvType.F32);
        case SLIDING_WINDOW_INT8_CACHE -> golden("gemma2/nanoquant-pt", config, KvType.INT8);
        case LONG_ROPE -> golden("phi3-longrope/littlebit", config, KvType.F32);
        case DENSE -> golden("mistral/dense", config, KvType.F32);
      };
    }

    private static ModelRunner golden(String name, EngineConfig config, KvType kvType) {
      return new GoldenRunner(name, new VectorKernels(2), config, kvType);
    }
  }

  @ParameterizedTest
  @EnumSource
  void sameAloneTogetherChunkedPreemptedAndFromThePrefixCache(Model model) {
    List<GenerationRequest> requests = requests(model.vocabulary);
    List<List<String>> alone = new ArrayList<>();
    for (GenerationRequest request : requests) {
      alone.addAll(generate(model, List.of(request), 64, AMPLE, 0).transcripts());
    }
    assertThat(alone).allSatisfy(t -> assertThat(t.getLast()).startsWith("Finished"));
    for (int chunk : new int[] {1, 7, 64, 512}) {
      assertThat(generate(model, requests, chunk, AMPLE, 0).transcripts())
          .as("together, %d tokens a step", chunk)
          .isEqualTo(alone);
    }
    assertThat(generate(model, requests, 64, AMPLE, 3).transcripts())
        .as("arriving every third step")
        .isEqualTo(alone);
    for (int chunk : new int[] {7, 64}) {
      Run tight = generate(model, requests, chunk, CONTEXT / BLOCK_SIZE, 0);
      assertThat(tight.preemptions()).isPositive();
      assertThat(tight.transcripts()).as("preempted").isEqualTo(alone);
    }
    for (int chunk : new int[] {1, 7, 64}) {
      List<GenerationRequest> twice = new ArrayList<>(requests);
      twice.addAll(requests);
      Run again = generate(model, twice, chunk, 2 * AMPLE, 40);
      assertThat(again.cachedTokens()).isGreaterThan(requests.size() * BLOCK_SIZE);
      assertThat(again.transcripts().subList(0, requests.size())).isEqualTo(alone);
      assertThat(again.transcripts().subList(requests.size(), twice.size()))
          .as("from the prefix cache, %d tokens a step", chunk)
          .isEqualTo(alone);
    }
  }

  private record Run(List<List<String>> transcripts, long preemptions, int cachedTokens) {}

  /** Runs requests that arrive {@code interval} steps apart. */
  private static Run generate(
      Model model, List<GenerationRequest> requests, int batchTokens, int blocks, int interval) {
    EngineConfig config =
        new EngineConfig(20, batchTokens, BLOCK_SIZE, blocks, CONTEXT, requests.size(), 1_000_000);
    List<RecordingListener> listeners = new ArrayList<>();
    long preemptions;
    try (Device device = new Device(new ScalarKernels());
        ModelRunner runner = model.runner(config)) {
      Engine engine =
          new Engine(
              "test",
              config,
              runner,
              info(model.vocabulary),
              device,
              BackendListener.NONE,
              System::nanoTime);
      for (GenerationRequest request : requests) {
        RecordingListener listener = new RecordingListener();
        listeners.add(listener);
        engine.submit(request, listener);
        for (int i = 0; i < interval; i++) {
          engine.step();
        }
      }
      while (listeners.stream()
          .anyMatch(l -> l.events().isEmpty() || !l.events().getLast().isLast())) {
        engine.step();
      }
      preemptions = engine.scheduler().preemptions();
    }
    return new Run(
        listeners.stream().map(RecordingListener::transcript).toList(),
        preemptions,
        listeners.stream().mapToInt(RecordingListener::cachedTokens).sum());
  }

  private static List<GenerationRequest> requests(int vocabulary) {
    Random random = new Random(SEED);
    List<GenerationRequest> requests = new ArrayList<>();
    int[] shared = Requests.prompt(random, 30, vocabulary);
    for (int i = 0; i < 20; i++) {
      int[] prompt = Requests.prompt(random, 1 + random.nextInt(50), vocabulary);
      if (i % 3 == 0) {
        System.arraycopy(shared, 0, prompt, 0, Math.min(shared.length, prompt.length));
      }
      SamplingParams sampling =
          i % 4 == 0
              ? SamplingParams.GREEDY
              : new SamplingParams(
                  0.8, i % 3 * 10, i % 2 == 0 ? 1 : 0.9, i % 5 * 0.02, SEED * i, adjustments(i));
      int maxTokens = i == 7 ? 0 : 1 + random.nextInt(24);
      GenerationRequest request =
          i % 2 == 0
              ? Requests.logprobs(prompt, maxTokens, sampling)
              : Requests.scored(prompt, maxTokens, sampling); // bypasses the prefix cache
      requests.add(i % 5 == 2 ? Requests.constrained(request, OBJECTS.object()) : request);
    }
    for (Pooling pooling : Pooling.values()) {
      requests.add(Requests.embedding(shared, pooling));
      requests.add(
          Requests.embedding(Requests.prompt(random, 1 + random.nextInt(50), vocabulary), pooling));
    }
    return requests;
  }

  private static LogitAdjustments adjustments(int i) {
    return i % 3 == 0
        ? LogitAdjustments.NONE
        : new LogitAdjustments(Map.of(i, 1.5), 1 + i % 4 * 0.1, i % 5 * 0.2, 0.5, i);
  }

  static BackendInfo info(int vocabulary) {
    return new BackendInfo("dense", "test", CONTEXT, vocabulary, 64, 16, 0, Map.of(), null, "test");
  }
}
