package dev.whit.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whit.kernel.Kernels;
import dev.whit.kernel.KvType;
import dev.whit.kernel.cpu.ScalarKernels;
import dev.whit.kernel.cpu.VectorKernels;
import dev.whit.model.loading.LoadedModel;
import dev.whit.model.loading.ModelLoader;
import dev.whit.model.loading.ModelSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whole models against the reference implementation: files to logits. Some directories are ours and
 * always run; the rest runs where the data directory is, and is reported as skipped elsewhere.
 */
class GoldenTest {
  private static final double TOLERANCE = 1e-5;

  /** IEEE binary16 would give up to 6e-3 in a few of the random models, whose softmax is sharp. */
  private static final double SIXTEEN_BIT_TOLERANCE = 2e-3;

  private static final Path OURS = Path.of("src/test/resources/golden");
  private static final Path DATA = Path.of(System.getProperty("whit.data", "../shared/data"));

  private static final List<String> ALWAYS =
      List.of(
          "gemma2/nanoquant-pt",
          "gemma3/dense-wrapped",
          "gemma3/nanoquant-gguf",
          "llama/dense-sharded",
          "llama/littlebit",
          "llama/littlebit-latent-res",
          "llama/nanoquant-dbf-hub",
          "llama/nanoquant-pt",
          "llama-bias/littlebit-res",
          "llama/nanoquant-bridge",
          "llama3/littlebit-res",
          "llama3/nanoquant-gguf",
          "mistral/dense",
          "opt/nanoquant-pt",
          "opt-postnorm/littlebit",
          "phi3/dense",
          "phi3-longrope/littlebit",
          "qwen2-yarn/littlebit",
          "qwen3/littlebit-res");

  private static final List<String> DEMO = List.of("demo/fp16", "demo/littlebit", "demo/nanoquant");

  /** Kernels to run a model with. */
  enum Cpu {
    SCALAR,
    VECTOR;

    Kernels create() {
      return switch (this) {
        case SCALAR -> new ScalarKernels();
        case VECTOR -> new VectorKernels(2);
      };
    }
  }

  /** A model directory on some kernels. */
  record Case(Path directory, Cpu cpu) {
    @Override
    public String toString() {
      int names = directory.getNameCount();
      return directory.subpath(names - 2, names) + " " + cpu;
    }

    void run(Check check) {
      assumeTrue(Files.isDirectory(directory), () -> "no " + directory);
      try (Kernels kernels = cpu.create();
          LoadedModel model =
              ModelLoader.load(new ModelSource(directory, null), kernels, (ready, total) -> {});
          Golden golden = new Golden(directory)) {
        for (int i = 0; i < golden.prompts(); i++) {
          check.run(model.decoder(), golden, i);
        }
      }
    }
  }

  interface Check {
    void run(Decoder decoder, Golden golden, int prompt);
  }

  static Stream<Case> cases() {
    Stream<Path> small = Stream.concat(ALWAYS.stream().map(OURS::resolve), others().stream());
    // The demo models would take the scalar kernels minutes.
    Stream<Path> demo = DEMO.stream().map(DATA::resolve);
    return Stream.concat(
        small.flatMap(
            directory -> Arrays.stream(Cpu.values()).map(cpu -> new Case(directory, cpu))),
        demo.map(directory -> new Case(directory, Cpu.VECTOR)));
  }

  /** Every directory of the data of a family and form that this version knows. */
  private static List<Path> others() {
    Path golden = DATA.resolve("golden");
    if (!Files.isDirectory(golden)) {
      return List.of(golden); // skipped with its name
    }
    try (Stream<Path> forms = Files.find(golden, 2, (path, file) -> file.isDirectory())) {
      return forms
          .filter(path -> path.getParent().getParent().equals(golden))
          .filter(path -> !isOurs(path, OURS.resolve(golden.relativize(path))))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether the copy that always runs is the same; another folder may use its name. */
  private static boolean isOurs(Path directory, Path copy) {
    Path golden = copy.resolve("golden.safetensors");
    try {
      return Files.exists(golden)
          && Files.mismatch(golden, directory.resolve(golden.getFileName())) < 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyHiddenStateAndLogitAgrees(Case model) {
    model.run((decoder, golden, prompt) -> {
      int[] ids = golden.prompt(prompt);
      try (SingleSequence sequence = new SingleSequence(decoder, ids.length)) {
        sequence
            .session()
            .observeHiddenStates((index, hidden, rows) -> {
              float[] actual = new float[rows * decoder.config().hiddenSize()];
              hidden.read(0, actual, 0, actual.length);
              golden
                  .hidden(prompt, index)
                  .ifPresent(expected -> assertAgrees("hidden " + index, actual, expected));
            });
        assertAgrees("logits of prompt " + prompt, sequence.append(ids), golden.logits(prompt));
        float[] last = new float[ids.length * decoder.config().embeddingSize()];
        sequence.session().finalHidden(0, ids.length).read(0, last, 0, last.length);
        golden
            .hidden(prompt, decoder.config().layers().size())
            .ifPresent(expected -> assertAgrees("what the head reads", last, expected));
      }
    });
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aCacheOfSixteenBitsStaysClose(Case model) {
    model.run((decoder, golden, prompt) -> {
      int[] ids = golden.prompt(prompt);
      try (SingleSequence sequence = new SingleSequence(decoder, ids.length, KvType.F16)) {
        assertAgrees(
            "logits of prompt " + prompt,
            sequence.append(ids),
            golden.logits(prompt),
            SIXTEEN_BIT_TOLERANCE);
      }
    });
  }

  @ParameterizedTest
  @MethodSource("cases")
  void greedyContinuationThroughTheCacheIsTheSame(Case model) {
    model.run((decoder, golden, prompt) -> {
      int[] ids = golden.prompt(prompt);
      Optional<int[]> expected = golden.greedy(prompt);
      if (expected.isEmpty()) {
        return; // past the trained length the reference turns all positions: logits only
      }
      try (SingleSequence sequence = new SingleSequence(decoder, ids.length)) {
        int[] generated = new int[expected.get().length];
        int[] next = ids;
        for (int i = 0; i < generated.length; i++) {
          generated[i] = argmaxOfLastRow(sequence.append(next), decoder.config().vocabSize());
          next = new int[] {generated[i]};
        }
        assertThat(generated).as("prompt %d", prompt).isEqualTo(expected.get());
      }
    });
  }

  @ParameterizedTest
  @MethodSource("cases")
  void chunksOfAPromptChangeNoBit(Case model) {
    model.run((decoder, golden, prompt) -> {
      int[] ids = golden.prompt(prompt);
      float[] whole = inChunks(decoder, ids, ids.length);
      assertThat(inChunks(decoder, ids, 7)).as("chunks of 7").isEqualTo(whole);
      assertThat(inChunks(decoder, ids, 1)).as("chunks of 1").isEqualTo(whole);
    });
  }

  private static float[] inChunks(Decoder decoder, int[] ids, int chunk) {
    int vocabSize = decoder.config().vocabSize();
    float[] logits = new float[ids.length * vocabSize];
    try (SingleSequence sequence = new SingleSequence(decoder, ids.length)) {
      for (int from = 0; from < ids.length; from += chunk) {
        int to = Math.min(from + chunk, ids.length);
        float[] part = sequence.append(Arrays.copyOfRange(ids, from, to));
        System.arraycopy(part, 0, logits, from * vocabSize, part.length);
      }
    }
    return logits;
  }

  private static int argmaxOfLastRow(float[] logits, int vocabSize) {
    int last = logits.length - vocabSize;
    int best = 0;
    for (int i = 1; i < vocabSize; i++) {
      if (logits[last + i] > logits[last + best]) {
        best = i;
      }
    }
    return best;
  }

  private static void assertAgrees(String what, float[] actual, float[] expected) {
    assertAgrees(what, actual, expected, TOLERANCE);
  }

  private static void assertAgrees(
      String what, float[] actual, float[] expected, double tolerance) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    double difference = 0;
    double size = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow((double) actual[i] - expected[i], 2);
      size += Math.pow(expected[i], 2);
    }
    assertThat(Math.sqrt(difference / size))
        .as("relative L2 of %s", what)
        .isLessThanOrEqualTo(tolerance);
  }
}
