package dev.whit.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.whit.app.ExitCode;
import dev.whit.app.MemoryBudget;
import dev.whit.bench.BenchReport;
import dev.whit.bench.BenchSpec;
import dev.whit.bench.ModelBench;
import dev.whit.config.InvalidSettingException;
import dev.whit.kernel.KvType;
import dev.whit.model.loading.HeadType;
import dev.whit.model.loading.ModelLoader;
import dev.whit.model.loading.ModelSource;
import dev.whit.model.loading.ModelSummary;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures how fast a model computes. */
@Command(
    name = "bench",
    description = "Measure tokens a second, memory, and the share of its bandwidth that is used.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:measured",
      "1:failed",
      "2:wrong usage",
      "3:the model cannot be loaded, or does not fit"
    },
    footerHeading = "%nWhat is measured:%n",
    footer = {
      "  pp512      a prompt of 512 tokens, in steps of up to 128 tokens as the server computes it",
      "  tg64       64 steps of one token for each of BATCH sequences, logits included",
      "  tok/s      of all sequences, without sampling: median, lowest and highest repetition",
      "  Gweights/s elements of factors, dense layers and head that tokens were multiplied with",
      "  GB/s       bytes of weights, were each read once a step; and its share of a plain read,",
      "             the best of ten, by as many threads in the same run",
      "",
      "Examples:",
      "  whit bench /models/llama2-7b-0.55bit",
      "  whit bench /models/llama2-7b-0.55bit --threads 1,2,4 --batch 1 --prompt 512 --json"
    })
final class BenchCommand implements Callable<Integer> {
  private static final int MAX_TOKENS = 1 << 20;
  private static final int MAX_BATCH = 1024;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "PATH",
      description = "A model directory, a NanoQuant .pt file or a .gguf file.")
  private Path path;

  @Option(
      names = "--base",
      paramLabel = "DIR",
      description = "Where config and tokenizer are, when not beside PATH.")
  private @Nullable Path base;

  @Option(
      names = "--threads",
      paramLabel = "N",
      split = ",",
      description = "Thread counts. Default: 1, 2, 4 … up to one per processor.")
  private List<Integer> threads = List.of();

  @Option(
      names = "--prompt",
      paramLabel = "N",
      split = ",",
      defaultValue = "128,512",
      description = "Lengths of prompts. Default: ${DEFAULT-VALUE}")
  private List<Integer> prompts;

  @Option(
      names = "--batch",
      paramLabel = "N",
      split = ",",
      defaultValue = "1,4,16",
      description = "Numbers of sequences that decode at once. Default: ${DEFAULT-VALUE}")
  private List<Integer> batches;

  @Option(
      names = "--generate",
      paramLabel = "N",
      defaultValue = "64",
      description = "Tokens that each sequence decodes. Default: ${DEFAULT-VALUE}")
  private int generate;

  @Option(
      names = "--repetitions",
      paramLabel = "N",
      defaultValue = "5",
      description = "Timed runs of each. Default: ${DEFAULT-VALUE}")
  private int repetitions;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      defaultValue = "1",
      description =
          "How long each runs, once at least, before it is timed. Default: ${DEFAULT-VALUE}")
  private int warmUp;

  @Option(
      names = "--kv-cache",
      paramLabel = "f32|f16|int8",
      defaultValue = "f16",
      description = "Element type of the key/value cache. Default: ${DEFAULT-VALUE}")
  private KvType kvCache;

  @Option(
      names = "--head",
      paramLabel = "stored|int8",
      defaultValue = "stored",
      description = "How the output head is kept. Default: ${DEFAULT-VALUE}")
  private HeadType head;

  @ArgGroup private @Nullable Form form;

  /** Instead of a table. */
  static final class Form {
    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Option(names = "--csv", description = "Print CSV.")
    private boolean csv;
  }

  @Override
  public Integer call() throws JsonProcessingException {
    BenchSpec wanted = wanted();
    ModelSource source = new ModelSource(path, base);
    requireRoom(ModelLoader.inspect(source), wanted);
    BenchReport report;
    try (ProgressLine line = new ProgressLine(spec.commandLine().getErr())) {
      report =
          ModelBench.run(
              source,
              wanted,
              stage -> {
                if (line.isDue()) {
                  line.show(stage);
                }
              });
    }
    print(report, spec.commandLine().getOut());
    return ExitCode.DONE;
  }

  private void print(BenchReport report, PrintWriter out) throws JsonProcessingException {
    if (form != null && form.json) {
      out.println(ReportJson.of(report));
    } else if (form != null && form.csv) {
      BenchTable.printCsv(report, out);
    } else {
      BenchTable.print(report, out);
    }
    out.flush();
  }

  private BenchSpec wanted() {
    int processors = Runtime.getRuntime().availableProcessors();
    requireRange("--threads", threads, MAX_BATCH);
    requireRange("--prompt", prompts, MAX_TOKENS);
    requireRange("--batch", batches, MAX_BATCH);
    requireRange("--generate", List.of(generate), MAX_TOKENS);
    requireRange("--repetitions", List.of(repetitions), MAX_TOKENS);
    if (warmUp < 0) {
      throw new ParameterException(
          spec.commandLine(), "--warm-up must not be negative, is " + warmUp);
    }
    List<Integer> counts =
        threads.isEmpty()
            ? IntStream.concat(
                    IntStream.iterate(1, n -> n < processors, n -> 2 * n), IntStream.of(processors))
                .boxed()
                .toList()
            : threads;
    return new BenchSpec(
        counts,
        prompts,
        batches,
        generate,
        MemoryBudget.STEP_TOKENS,
        warmUp,
        repetitions,
        kvCache,
        head);
  }

  private void requireRange(String option, List<Integer> values, int max) {
    for (int value : values) {
      if (value < 1 || value > max) {
        throw new ParameterException(
            spec.commandLine(), "%s must be from 1 to %d, is %d".formatted(option, max, value));
      }
    }
  }

  /** Refuses with the numbers what would end in running out of memory. */
  private void requireRoom(ModelSummary summary, BenchSpec wanted) {
    int limit = summary.config().maxPositions();
    if (wanted.context() > limit) {
      throw new InvalidSettingException(
          "--prompt, --generate: %d tokens, the model was made for %d"
              .formatted(wanted.context(), limit));
    }
    MemoryRoom.require(
        new MemoryBudget(Optional.empty()),
        path,
        summary,
        head,
        MemoryBudget.demand(wanted.maxSequences(), wanted.context(), kvCache),
        "--batch " + wanted.maxSequences());
  }
}
