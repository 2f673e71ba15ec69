package dev.whit.cli;

import dev.whit.app.ExitCode;
import dev.whit.app.MemoryBudget;
import dev.whit.app.ModelText;
import dev.whit.config.InvalidSettingException;
import dev.whit.eval.EvalReport;
import dev.whit.eval.EvalSpec;
import dev.whit.eval.Evaluation;
import dev.whit.eval.HtmlReport;
import dev.whit.eval.MarkdownReport;
import dev.whit.kernel.KvType;
import dev.whit.model.loading.HeadType;
import dev.whit.model.loading.MemoryPlan;
import dev.whit.model.loading.ModelLoader;
import dev.whit.model.loading.ModelSource;
import dev.whit.model.loading.ModelSummary;
import dev.whit.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures how well a model predicts. */
@Command(
    name = "eval",
    description = "Measure how well a model predicts text, and how far it is from a reference.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:measured",
      "1:failed",
      "2:wrong usage",
      "3:a model or a file cannot be used, or the models do not fit"
    },
    footerHeading = "%nWhat is measured:%n",
    footer = {
      "  perplexity   of blocks of the text, each from an empty context, without BOS: the protocol",
      "               of the papers; with --reference the ratio and the fields of llama-perplexity's",
      "               --kl-divergence, on the same tokens",
      "  choices      lines of {\"context\", \"choices\", \"label\"}: accuracy, and normalised by the",
      "               choices' characters, as lm-evaluation-harness; McNemar's test with --reference",
      "",
      "With --output a run that ended early goes on where it was; reports are written there as",
      "report.md, report.json and report.html.",
      "",
      "Examples:",
      "  whit eval --model /models/packed --text wiki.test.raw",
      "  whit eval --model /models/packed --reference /models/fp16 --text wiki.test.raw --output DIR"
    })
final class EvalCommand implements Callable<Integer> {
  private static final int DEFAULT_BLOCK = 2048;

  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "PATH",
      required = true,
      description = "A model directory, a NanoQuant .pt file or a .gguf file.")
  private Path model;

  @Option(
      names = "--base",
      paramLabel = "DIR",
      description = "Where its config and tokenizer are, when not beside it.")
  private @Nullable Path base;

  @Option(
      names = "--reference",
      paramLabel = "PATH",
      description = "What it is compared with: the model it was made from.")
  private @Nullable Path reference;

  @Option(names = "--text", paramLabel = "FILE", description = "UTF-8 text to predict.")
  private @Nullable Path text;

  @Option(
      names = "--choices",
      paramLabel = "FILE",
      description = "Multiple-choice questions, a line of JSON each.")
  private @Nullable Path choices;

  @Option(
      names = "--block",
      paramLabel = "N",
      description = "Tokens of a block. Default: 2048, or what the model was made for.")
  private @Nullable Integer block;

  @Option(
      names = "--blocks",
      paramLabel = "N",
      description = "Most blocks of the text. Default: all.")
  private int blocks = Integer.MAX_VALUE;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "Where reports go, and results as they come.")
  private @Nullable Path output;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "Threads that compute. Default: one per processor.")
  private int threads;

  @Option(
      names = "--kv-cache",
      paramLabel = "f32|f16|int8",
      defaultValue = "f32",
      description = "Element type of the key/value cache. Default: ${DEFAULT-VALUE}")
  private KvType kvCache;

  @Option(
      names = "--head",
      paramLabel = "stored|int8",
      defaultValue = "stored",
      description = "How output heads are kept. Default: ${DEFAULT-VALUE}")
  private HeadType head;

  @Option(names = "--json", description = "Print JSON instead of Markdown.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    if (text == null && choices == null) {
      throw new ParameterException(spec.commandLine(), "nothing to evaluate: --text or --choices");
    }
    requireRange("--threads", threads, 0);
    requireRange("--blocks", blocks, 1);
    ModelSource source = new ModelSource(model, base);
    List<ModelSource> sources = new ArrayList<>(List.of(source));
    if (reference != null) {
      sources.add(new ModelSource(reference, null));
    }
    List<ModelSummary> summaries = sources.stream().map(ModelLoader::inspect).toList();
    int length = block(summaries);
    requireRoom(sources, summaries, length);
    EvalReport report;
    try (Tokenizer tokenizer = ModelText.of(source.resolve().tokenizer()).tokenizer();
        Tokenizer other = tokenizer(sources);
        ProgressLine line = new ProgressLine(spec.commandLine().getErr())) {
      report =
          Evaluation.run(
              new EvalSpec(
                  new EvalSpec.Model(source, tokenizer),
                  other == null ? null : new EvalSpec.Model(sources.get(1), other),
                  text,
                  choices,
                  length,
                  blocks,
                  MemoryBudget.STEP_TOKENS,
                  threads,
                  kvCache,
                  head,
                  output),
              (stage, done, total, seconds) -> {
                if (line.isDue()) {
                  line.show(progress(stage, done, total, seconds));
                }
              });
    }
    print(report);
    return ExitCode.DONE;
  }

  private static @Nullable Tokenizer tokenizer(List<ModelSource> sources) {
    return sources.size() < 2
        ? null
        : ModelText.of(sources.get(1).resolve().tokenizer()).tokenizer();
  }

  private static String progress(String stage, int done, int total, double seconds) {
    if (total == 1) {
      return stage;
    }
    String left = "";
    if (seconds > 0) {
      long rest = (long) (seconds * (total - done));
      left = String.format(Locale.ROOT, ", %d:%02d left", rest / 60, rest % 60);
    }
    return "%s %d of %d%s".formatted(stage, done + 1, total, left);
  }

  private void print(EvalReport report) throws IOException {
    String asJson = ReportJson.of(report) + "\n";
    String asMarkdown = MarkdownReport.of(report);
    if (output != null) {
      Files.createDirectories(output);
      Files.writeString(output.resolve("report.json"), asJson);
      Files.writeString(output.resolve("report.md"), asMarkdown);
      Files.writeString(output.resolve("report.html"), HtmlReport.of(report));
    }
    spec.commandLine().getOut().print(json ? asJson : asMarkdown);
    spec.commandLine().getOut().flush();
  }

  private void requireRange(String option, int value, int min) {
    if (value < min) {
      throw new ParameterException(
          spec.commandLine(), "%s must be %d or more, is %d".formatted(option, min, value));
    }
  }

  private int block(List<ModelSummary> summaries) {
    int limit =
        summaries.stream().mapToInt(summary -> summary.config().maxPositions()).min().orElseThrow();
    int wanted = block == null ? Math.min(DEFAULT_BLOCK, limit) : block;
    requireRange("--block", wanted, 2);
    if (wanted > limit) {
      throw new InvalidSettingException(
          "--block %d: the model was made for %d tokens".formatted(wanted, limit));
    }
    return wanted;
  }

  /** Refuses with the numbers what would end in running out of memory. */
  private void requireRoom(List<ModelSource> sources, List<ModelSummary> summaries, int length) {
    MemoryBudget budget = new MemoryBudget(Optional.empty());
    MemoryPlan.Demand demand = MemoryBudget.demand(1, length, kvCache);
    for (int i = 0; i < sources.size(); i++) {
      MemoryRoom.require(
          budget, sources.get(i).target(), summaries.get(i), head, demand, "--block " + length);
    }
  }
}
