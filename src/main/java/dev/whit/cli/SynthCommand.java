package dev.whit.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.whit.app.ExitCode;
import dev.whit.bench.synth.Method;
import dev.whit.bench.synth.ModelSynthesizer;
import dev.whit.bench.synth.Shapes;
import dev.whit.bench.synth.SynthSpec;
import dev.whit.checkpoint.CheckpointException;
import dev.whit.checkpoint.DType;
import dev.whit.config.InvalidSettingException;
import dev.whit.model.loading.ModelLoader;
import dev.whit.model.loading.ModelSource;
import dev.whit.model.loading.ModelSummary;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes up a model. */
@Command(
    name = "synth",
    description = "Write a model of random weights at a real shape, to measure speed with.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:written",
      "1:cannot be written",
      "2:wrong usage",
      "3:the config.json cannot be used"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  whit synth --shape llama2-7b --method littlebit --bits 0.55 /tmp/llama2-7b-0.55",
      "  whit synth --shape /models/mine/config.json --method dense /tmp/mine-random",
      "  whit bench /tmp/llama2-7b-0.55"
    })
final class SynthCommand implements Callable<Integer> {
  /** The names of the shapes, for the help text. */
  static final class ShapeNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Shapes.names().iterator();
    }
  }

  @Spec private CommandSpec spec;

  @Option(
      names = "--shape",
      required = true,
      paramLabel = "NAME|FILE",
      completionCandidates = ShapeNames.class,
      description = "${COMPLETION-CANDIDATES}, or any config.json that can be served.")
  private String shape;

  @Option(
      names = "--method",
      required = true,
      paramLabel = "littlebit|nanoquant|dense",
      description = "How the linear layers are stored.")
  private Method method;

  @Option(
      names = "--bits",
      paramLabel = "B",
      description =
          "Bits per weight of the linear layers, scales counted, for example 0.55. Ranks follow"
              + " from it as in the methods' own compressors. Required, but not with dense.")
  private @Nullable Double bits;

  @Option(
      names = "--dtype",
      paramLabel = "bf16|f16",
      defaultValue = "bf16",
      description = "Type of everything but ±1 factors. Default: ${DEFAULT-VALUE}")
  private DType dtype;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "The same one gives the same files. Default: ${DEFAULT-VALUE}")
  private long seed;

  @Parameters(paramLabel = "OUT", description = "A directory that is empty or not there yet.")
  private Path directory;

  @Override
  public Integer call() throws IOException {
    ObjectNode config = shape();
    SynthSpec wanted = wanted();
    long start = System.nanoTime();
    try (ProgressLine line = new ProgressLine(spec.commandLine().getErr());
        CleanEnd cleanEnd = new CleanEnd()) {
      ModelSynthesizer.write(
          Path.of(shape),
          config,
          wanted,
          directory,
          (written, total) -> {
            if (line.isDue() || written == total) {
              double seconds = Math.max(1e-3, (System.nanoTime() - start) * 1e-9);
              line.show(ProgressLine.bar(written, total, written / seconds));
            }
          });
    } catch (ClosedByInterruptException e) {
      return ExitCode.FAILED; // who ended the process knows
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ModelSummary summary = ModelLoader.inspect(new ModelSource(directory, null));
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%s: %s, %s, %.4f bits per weight, %,d bytes%n",
        directory,
        summary.config().modelType(),
        summary.format(),
        summary.bitsPerWeight(),
        summary.bytes().total());
    out.flush();
    return ExitCode.DONE;
  }

  private ObjectNode shape() throws IOException {
    if (Shapes.find(shape).isPresent()) {
      return Shapes.find(shape).get();
    }
    Path file = Path.of(shape);
    if (!Files.isRegularFile(file)) {
      throw new InvalidSettingException(
          "--shape %s: neither a file nor one of %s"
              .formatted(shape, String.join(", ", Shapes.names())));
    }
    try {
      if (new ObjectMapper().readTree(file.toFile()) instanceof ObjectNode config) {
        return config;
      }
    } catch (JsonProcessingException e) {
      throw CheckpointException.file(file, "is not valid JSON: " + e.getOriginalMessage(), e);
    }
    throw CheckpointException.file(file, "is not a JSON object");
  }

  private SynthSpec wanted() {
    if (bits == null && method != Method.DENSE) {
      throw new InvalidSettingException(
          "--method %s needs --bits".formatted(method.name().toLowerCase(Locale.ROOT)));
    }
    if (bits != null && method == Method.DENSE) {
      throw new InvalidSettingException("--bits: --method dense has 16");
    }
    if (dtype != DType.BF16 && dtype != DType.F16) {
      throw new InvalidSettingException("--dtype: must be bf16 or f16");
    }
    try {
      return new SynthSpec(method, bits == null ? 0 : bits, dtype, seed);
    } catch (IllegalArgumentException e) {
      throw new InvalidSettingException("--" + e.getMessage());
    }
  }
}
