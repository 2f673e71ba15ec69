package dev.whit.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A report as titled tables of names and values, for every form that people read. */
final class ReportTables {
  private static final double MIB = 1 << 20;

  /** A table. */
  record Table(String title, List<Row> rows) {}

  /** A line of it. */
  record Row(String name, String value) {}

  private final List<Table> tables = new ArrayList<>();

  private ReportTables() {}

  static List<Table> of(EvalReport report) {
    ReportTables tables = new ReportTables();
    tables.model("Model", report.model());
    if (report.reference() != null) {
      tables.model("Reference", report.reference());
    }
    if (report.text() != null) {
      tables.text(report.text());
    }
    if (report.choices() != null) {
      tables.choices(report.choices());
    }
    tables.add(
        "Settings",
        report.settings().entrySet().stream()
            .map(e -> new Row(e.getKey(), e.getValue().toString()))
            .toList());
    return tables.tables;
  }

  private void add(String title, List<Row> rows) {
    tables.add(new Table(title, rows));
  }

  private void model(String title, EvalReport.Model model) {
    add(
        title,
        List.of(
            new Row("path", model.path()),
            new Row("family, format", model.family() + ", " + model.format()),
            row("bits per weight", "%.4f", model.bitsPerWeight()),
            row("weights stored", "%.1f MiB", model.storedBytes() / MIB),
            row("weights in memory, beside mapped files", "%.1f MiB", model.residentBytes() / MIB),
            row(
                "speed of this run, prompts with all logits",
                "%.1f tokens/s",
                model.tokensPerSecond())));
  }

  private void text(EvalReport.Text text) {
    List<Row> rows = new ArrayList<>();
    rows.add(row("predicted tokens", "%d in %d blocks", text.tokens(), text.blocks()));
    rows.add(row("perplexity", "%.5f ± %.5f", text.perplexity()));
    rows.add(row("mean negative log-likelihood", "%.6f ± %.6f", text.nll()));
    EvalReport.Comparison comparison = text.comparison();
    if (comparison == null) {
      add("Text", rows);
      return;
    }
    rows.add(row("perplexity of the reference", "%.5f ± %.5f", comparison.referencePerplexity()));
    rows.add(row("ratio of perplexities", "%.5f ± %.5f", comparison.ratio()));
    rows.add(row("ln of the ratio", "%.6f ± %.6f", comparison.lnRatio()));
    rows.add(row("difference of perplexities", "%.5f ± %.5f", comparison.difference()));
    rows.add(row("correlation of log-likelihoods", "%.2f %%", comparison.correlation()));
    add("Text", rows);
    List<Row> divergence = new ArrayList<>();
    divergence.add(row("mean KL divergence, nats", "%.6f ± %.6f", comparison.kl()));
    divergence.add(new Row("its percentiles", quantiles(comparison.klQuantiles(), "%.5f")));
    divergence.add(row("same likeliest token", "%.3f ± %.3f %%", percent(comparison.sameTop())));
    divergence.add(row("mean Δp", "%.3f ± %.3f %%", percent(comparison.deltaP())));
    divergence.add(row("RMS Δp", "%.3f ± %.3f %%", percent(comparison.rmsDeltaP())));
    divergence.add(new Row("percentiles of Δp", quantiles(comparison.deltaPQuantiles(), "%.4f")));
    add("Divergence from the reference", divergence);
  }

  private void choices(EvalReport.Choices choices) {
    List<Row> rows = new ArrayList<>();
    rows.add(row("questions", "%d", choices.questions()));
    rows.add(row("accuracy", "%.4f ± %.4f", choices.accuracy()));
    rows.add(row("normalised accuracy", "%.4f ± %.4f", choices.normalized()));
    if (choices.referenceAccuracy() != null) {
      rows.add(row("accuracy of the reference", "%.4f ± %.4f", choices.referenceAccuracy()));
    }
    if (choices.referenceNormalized() != null) {
      rows.add(
          row(
              "normalised accuracy of the reference",
              "%.4f ± %.4f",
              choices.referenceNormalized()));
    }
    mcNemar(rows, "McNemar's test of accuracy", choices.mcNemar());
    mcNemar(rows, "McNemar's test of normalised accuracy", choices.mcNemarNormalized());
    add("Multiple choice", rows);
  }

  private static void mcNemar(List<Row> rows, String name, @Nullable McNemar test) {
    if (test != null) {
      rows.add(
          row(
              name,
              "p = %.4f: %d right only in the model, %d only in the reference",
              test.p(),
              test.onlyModel(),
              test.onlyReference()));
    }
  }

  private static Estimate percent(Estimate share) {
    return new Estimate(100 * share.value(), 100 * share.error());
  }

  private static String quantiles(Map<String, Double> quantiles, String format) {
    return quantiles.entrySet().stream()
        .map(e -> e.getKey() + " %: " + String.format(Locale.ROOT, format, e.getValue()))
        .collect(Collectors.joining("; "));
  }

  private static Row row(String name, String format, Estimate estimate) {
    return row(name, format, estimate.value(), estimate.error());
  }

  private static Row row(String name, String format, Object... values) {
    return new Row(name, String.format(Locale.ROOT, format, values));
  }
}
