package dev.whit.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whit.app.ExitCode;
import dev.whit.app.MemoryBudget;
import dev.whit.config.ByteSize;
import dev.whit.kernel.KvType;
import dev.whit.model.loading.HeadType;
import dev.whit.model.loading.MemoryPlan;
import dev.whit.model.loading.ModelLoader;
import dev.whit.model.loading.ModelSource;
import dev.whit.model.loading.ModelSummary;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tells what a model is and what it will take, from its files' headers. */
@Command(
    name = "inspect",
    description = "Show what a model is: features, bits, bytes, ranks, memory plan.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:shown", "2:wrong usage", "3:the files cannot be used"},
    footerHeading = "%nExamples:%n",
    footer = {
      "  whit inspect /models/tiny-0.55bit",
      "  whit inspect /models/quantized.pt --base /models/Llama-2-7b-hf --json",
      "  whit inspect /models/llama2-70b-0.55bit --card 8GiB --kv-cache int8 --max-seqs 1"
    })
final class InspectCommand implements Callable<Integer> {
  private static final long MIB = 1 << 20;

  /** What the driver's context and a desktop take of a consumer card, about. */
  private static final int CARD_RESERVE_MIB = 640;

  @Spec private CommandLine.Model.CommandSpec spec;

  @Parameters(paramLabel = "PATH", description = "A model directory, a .pt or a GGUF file.")
  private Path path;

  @Option(
      names = "--base",
      paramLabel = "DIR",
      description = "Where config and tokenizer are, when not beside PATH.")
  private @Nullable Path base;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(
      names = "--ctx",
      paramLabel = "N",
      description = "Context to plan memory for. Default: what the model was made for.")
  private @Nullable Integer context;

  @Option(
      names = "--max-seqs",
      paramLabel = "N",
      defaultValue = "32",
      description = "Sequences to plan memory for. Default: ${DEFAULT-VALUE}")
  private int maxSequences;

  @Option(
      names = "--kv-cache",
      paramLabel = "f32|f16|int8",
      defaultValue = "f16",
      description = "Element type of the key/value cache to plan for. Default: ${DEFAULT-VALUE}")
  private KvType kvCache;

  @Option(
      names = "--head",
      paramLabel = "stored|int8",
      defaultValue = "stored",
      description = "How the output head is kept, to plan for. Default: ${DEFAULT-VALUE}")
  private HeadType head;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description = "Memory to plan for, for example 4GiB. Default: what this machine has.")
  private @Nullable ByteSize memory;

  @Option(
      names = "--card",
      paramLabel = "SIZE",
      description = {
        "Plan for a graphics card of this size instead, for example 8GiB, of which "
            + CARD_RESERVE_MIB
            + " MiB are left to driver and display."
      })
  private @Nullable ByteSize card;

  @Override
  public Integer call() throws JsonProcessingException {
    requirePositive("--ctx", context == null ? 1 : context);
    requirePositive("--max-seqs", maxSequences);
    ModelSummary summary = ModelLoader.inspect(new ModelSource(path, base));
    Inspection inspection = Inspection.of(path, summary, kvCache, plan(summary));
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(
          new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(inspection));
    } else {
      InspectionTable.print(inspection, out);
    }
    out.flush();
    return ExitCode.DONE;
  }

  private Inspection.Memory plan(ModelSummary summary) {
    int limit = summary.config().maxPositions();
    int tokens = context == null ? limit : Math.min(context, limit);
    MemoryPlan.Demand demand = MemoryBudget.demand(maxSequences, tokens, kvCache);
    long weights;
    long budget;
    if (card != null) {
      weights = summary.bytes().total();
      budget = Math.max(0, card.bytes() - CARD_RESERVE_MIB * MIB);
    } else {
      MemoryBudget.Weights here = MemoryBudget.estimate(summary, head);
      weights = here.total();
      budget = new MemoryBudget(Optional.ofNullable(memory)).free(here.mapped()) + here.mapped();
    }
    String device = card == null ? "CPU, this machine" : "card of " + card;
    try {
      MemoryPlan plan = MemoryPlan.of(summary.config(), weights, demand, budget);
      return Inspection.Plan.of(device, plan, maxSequences);
    } catch (MemoryPlan.DoesNotFitException e) {
      return new Inspection.Refusal(device, String.valueOf(e.getMessage()));
    }
  }

  private void requirePositive(String option, int value) {
    if (value < 1) {
      throw new ParameterException(
          spec.commandLine(), "%s must be at least 1, is %d".formatted(option, value));
    }
  }
}
