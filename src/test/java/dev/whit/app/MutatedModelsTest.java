package dev.whit.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.whit.api.ModelRegistry;
import dev.whit.api.ServedModel;
import dev.whit.config.ModelSpec;
import dev.whit.config.Settings;
import dev.whit.config.WhitConfig;
import dev.whit.engine.Device;
import dev.whit.fuzz.MutatedModel;
import dev.whit.fuzz.TokenizerForm;
import dev.whit.kernel.cpu.CpuKernels;
import dev.whit.metrics.Metrics;
import dev.whit.model.loading.HeadType;
import dev.whit.model.loading.LoadedModel;
import dev.whit.model.loading.ModelLoader;
import dev.whit.model.loading.ModelSource;
import dev.whit.tokenizer.ChatTemplate;
import dev.whit.tokenizer.ChatTemplateException;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Model directories with one damaged file each: refused in one line, or a model that generates,
 * encodes and decodes; in bounded time and memory, and with nothing left open. The damage follows
 * from the case's number: {@code -Dwhit.fuzz.first=N -Dwhit.fuzz.cases=1} repeats case N, and
 * {@code -Dwhit.fuzz.cases=200000} is the long run.
 */
class MutatedModelsTest {
  private static final Path MODELS = Path.of("src/test/resources/golden");
  private static final int FIRST = Integer.getInteger("whit.fuzz.first", 0);
  private static final int CASES = Integer.getInteger("whit.fuzz.cases", 5000);

  /** Of the opening thread, so that a busy machine does not count. */
  private static final Duration MAX_CPU_TIME = Duration.ofSeconds(2);

  /** All that is allocated while a model is opened and tried, garbage included. */
  private static final long MAX_ALLOCATED = 1L << 30;

  private static final int MAX_MESSAGE = 1000;
  private static final int MAX_SURPRISES = 20;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final Logger LOG = Logger.getLogger("dev.whit");

  @TempDir private Path directory;
  private final Device device = new Device(CpuKernels.open(1, line -> {}));
  private final WhitConfig settings =
      Settings.read(Map.of("whit.max-seqs", "1", "whit.ctx-size", "32"), Map.of(), Optional.empty())
          .values();

  @BeforeEach
  void beQuiet() {
    LOG.setLevel(Level.OFF);
  }

  @AfterEach
  void close() {
    LOG.setLevel(null);
    device.close();
  }

  @Test
  void areRefusedOrWork() throws Exception {
    List<MutatedModel> models = models();
    List<String> surprises = new ArrayList<>();
    int refused = 0;
    for (int i = FIRST; i < FIRST + CASES && surprises.size() < MAX_SURPRISES; i++) {
      Random random = new Random(i);
      MutatedModel model = models.get(random.nextInt(models.size()));
      String file = model.damage(random);
      String what = "case %d, %s".formatted(i, model.directory().resolve(file));
      long cpu = THREADS.getCurrentThreadCpuTime();
      long allocated = THREADS.getCurrentThreadAllocatedBytes();
      try {
        tryOut(model.directory());
      } catch (Throwable e) {
        String message = String.valueOf(e.getMessage());
        if (ExitCode.of(e) != ExitCode.BAD_INPUT) {
          surprises.add(what + ": " + e + " at " + e.getStackTrace()[0]);
        } else if (message.lines().count() != 1 || message.length() > MAX_MESSAGE) {
          surprises.add(what + ": not one line: " + message);
        }
        refused++;
      }
      cpu = THREADS.getCurrentThreadCpuTime() - cpu;
      allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;
      if (cpu > MAX_CPU_TIME.toNanos() || allocated > MAX_ALLOCATED) {
        surprises.add("%s: %d ms, %d bytes".formatted(what, cpu / 1_000_000, allocated));
      }
      model.mend(file);
    }
    assertThat(surprises).isEmpty();
    assertThat(OpenFiles.below(directory)).isEmpty();
    if (CASES >= 1000) {
      // Damage that is always refused, or never, would try little.
      assertThat(refused).isBetween(CASES / 4, CASES * 9 / 10);
    }
  }

  private List<MutatedModel> models() throws IOException {
    List<MutatedModel> models = new ArrayList<>();
    try (Stream<Path> files = Files.walk(MODELS, 2)) {
      for (Path model : files.sorted().toList()) {
        boolean isGguf = Files.exists(model.resolve("model.gguf"));
        if (isGguf || Files.exists(model.resolve("config.json"))) {
          models.add(copy(model, TokenizerForm.HUGGING_FACE));
        }
      }
    }
    models.add(copy(MODELS.resolve("llama/littlebit"), TokenizerForm.BYTE_PAIRS));
    models.add(copy(MODELS.resolve("llama/littlebit"), TokenizerForm.SENTENCE_PIECE));
    return models;
  }

  private MutatedModel copy(Path model, TokenizerForm tokenizer) throws IOException {
    String name = MODELS.relativize(model) + "-" + tokenizer;
    return new MutatedModel(model, directory.resolve(name), tokenizer);
  }

  /** Opens a model as {@code serve} does, then encodes, decodes and renders. */
  private void tryOut(Path target) throws InterruptedException {
    ModelSpec spec = ModelSpec.parseAll(List.of("x=" + target)).getFirst();
    ModelSource source = new ModelSource(target, null);
    LoadedModel loaded = ModelLoader.load(source, device.kernels(), (done, all) -> {});
    MemoryBudget.Weights weights = MemoryBudget.estimate(loaded.summary(), HeadType.STORED);
    Metrics metrics = new Metrics(new CompositeMeterRegistry(), new ModelRegistry(), "test");
    HostedModel hosted;
    try {
      hosted =
          new ModelAssembly(settings, metrics)
              .host(spec, loaded, weights, device, 64L << 20, Duration.ZERO);
    } catch (Throwable e) {
      loaded.close();
      throw e;
    }
    try (hosted) {
      ServedModel model = hosted.served();
      int[] ids = model.tokenizer().encode("Hello, wörld 😀 \0<s></s>", true);
      assertThat(Arrays.stream(ids)).allMatch(id -> id >= 0 && id < loaded.config().vocabSize());
      String _ = model.tokenizer().decode(ids, false);
      render(model.chatTemplate());
    }
  }

  private static void render(@Nullable ChatTemplate template) {
    if (template != null) {
      try {
        String _ =
            template.render(
                Map.of("messages", List.of(Map.of("role", "user", "content", "Hello"))));
      } catch (ChatTemplateException e) {
        // The template's way of refusing.
      }
    }
  }
}
