package dev.whit.load;

import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Counts outcomes as they come, in memory that does not grow with them. Safe for many threads. */
final class LoadRecorder {
  private static final int DIGITS = 3;

  private final Slo slo;
  private final Histogram ttft = new Histogram(DIGITS);
  private final Histogram itl = new Histogram(DIGITS);
  private final Histogram tpot = new Histogram(DIGITS);
  private final Histogram e2e = new Histogram(DIGITS);
  private final Map<String, LoadReport.Failures> failures = new LinkedHashMap<>();
  private int sent;
  private int completed;
  private int failed;
  private int good;
  private long promptTokens;
  private long cachedTokens;
  private long outputTokens;

  LoadRecorder(Slo slo) {
    this.slo = slo;
  }

  /** A request is on its way. */
  synchronized void sent() {
    sent++;
  }

  /** A request has ended. */
  synchronized void ended(Outcome outcome) {
    switch (outcome) {
      case Outcome.Answered answer -> answered(answer);
      case Outcome.Failed(String kind, String message) -> {
        failed++;
        failures.merge(
            kind,
            new LoadReport.Failures(kind, 1, message),
            (before, one) -> new LoadReport.Failures(kind, before.count() + 1, before.example()));
      }
    }
  }

  private void answered(Outcome.Answered answer) {
    completed++;
    record(ttft, answer.ttft());
    record(tpot, answer.tpot());
    record(e2e, answer.e2e());
    answer.gaps().forEach(gap -> record(itl, gap));
    promptTokens += answer.promptTokens();
    cachedTokens += answer.cachedTokens();
    outputTokens += answer.outputTokens();
    if (slo.isMetBy(answer)) {
      good++;
    }
  }

  private static void record(Histogram histogram, @Nullable Duration time) {
    if (time != null) {
      histogram.recordValue(time.toNanos());
    }
  }

  synchronized void tell(LoadListener listener) {
    listener.progress(sent, completed + failed, failed);
  }

  synchronized LoadReport report(Duration took) {
    double seconds = took.toNanos() * 1e-9;
    List<LoadReport.Failures> byKind =
        failures.values().stream()
            .sorted(Comparator.comparingInt(LoadReport.Failures::count).reversed())
            .toList();
    return new LoadReport(
        seconds,
        sent,
        completed,
        byKind,
        Percentiles.of(ttft),
        Percentiles.of(itl),
        Percentiles.of(tpot),
        Percentiles.of(e2e),
        completed / seconds,
        outputTokens / seconds,
        promptTokens / seconds,
        promptTokens == 0 ? 0 : (double) cachedTokens / promptTokens,
        good / seconds,
        sent == 0 ? 0 : (double) good / sent);
  }
}
