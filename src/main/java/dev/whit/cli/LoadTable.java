package dev.whit.cli;

import dev.whit.load.Arrivals;
import dev.whit.load.LoadReport;
import dev.whit.load.LoadSpec;
import dev.whit.load.Percentiles;
import java.io.PrintWriter;
import java.util.Locale;

/** A load's report as a table for people. */
final class LoadTable {
  private final PrintWriter out;

  private LoadTable(PrintWriter out) {
    this.out = out;
  }

  static void print(LoadSpec spec, LoadReport report, PrintWriter out) {
    new LoadTable(out).table(spec, report);
  }

  private void table(LoadSpec spec, LoadReport report) {
    format(
        "%s, %s, %s, prompts of %s tokens (%.0f %% shared), answers of up to %s, seed %d%n",
        spec.server(),
        spec.model(),
        describe(spec.arrivals()),
        spec.prompt(),
        100 * spec.sharedPrefix(),
        spec.output(),
        spec.seed());
    format(
        "%d requests in %.1f s: %d answered, %d failed%n",
        report.requests(),
        report.seconds(),
        report.completed(),
        report.failures().stream().mapToInt(LoadReport.Failures::count).sum());
    for (LoadReport.Failures failures : report.failures()) {
      format("  %6d  %s: %s%n", failures.count(), failures.kind(), failures.example());
    }
    format(
        "%n  %-8s %9s %9s %9s %9s %9s %9s %9s%n",
        "ms", "count", "mean", "p50", "p90", "p95", "p99", "max");
    row("TTFT", report.ttft());
    row("ITL", report.itl());
    row("TPOT", report.tpot());
    row("E2E", report.e2e());
    format(
        "%n%.2f requests/s, %.1f output tokens/s, %.1f prompt tokens/s of which %.0f %% cached%n",
        report.requestsPerSecond(),
        report.outputTokensPerSecond(),
        report.promptTokensPerSecond(),
        100 * report.cachedShare());
    String objectives = spec.slo().describe();
    if (!objectives.isEmpty()) {
      format(
          "goodput %.2f requests/s: %.1f %% of the requests were answered within %s%n",
          report.goodput(), 100 * report.goodShare(), objectives);
    }
  }

  private static String describe(Arrivals arrivals) {
    return switch (arrivals) {
      case Arrivals.Closed(int concurrency) -> "closed loop of " + concurrency;
      case Arrivals.Open(double perSecond) ->
          String.format(Locale.ROOT, "open loop at %s/s", perSecond);
    };
  }

  private void row(String name, Percentiles times) {
    format(
        "  %-8s %9d %9.1f %9.1f %9.1f %9.1f %9.1f %9.1f%n",
        name,
        times.count(),
        times.mean(),
        times.p50(),
        times.p90(),
        times.p95(),
        times.p99(),
        times.max());
  }

  private void format(String pattern, Object... values) {
    out.print(String.format(Locale.ROOT, pattern, values));
  }
}
