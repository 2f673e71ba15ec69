package dev.whit.cli;

import dev.whit.bench.BenchReport;
import dev.whit.bench.Measurement;
import dev.whit.bench.ProcessMemory;
import dev.whit.bench.Spread;
import java.io.PrintWriter;
import java.util.Locale;

/** A benchmark's report as text: a table for people, or lines of comma-separated values. */
final class BenchTable {
  private static final double MIB = 1 << 20;

  private final PrintWriter out;

  private BenchTable(PrintWriter out) {
    this.out = out;
  }

  static void print(BenchReport report, PrintWriter out) {
    new BenchTable(out).table(report);
  }

  /** One line for each measurement, after one of names. */
  static void printCsv(BenchReport report, PrintWriter out) {
    new BenchTable(out).csv(report);
  }

  private void table(BenchReport report) {
    BenchReport.Model model = report.model();
    format("%s%n", model.path());
    format(
        "%s, %s, %.4f bits per weight, %.1f MiB of weights a step, %s key/value cache, %s head%n",
        model.architecture(),
        model.format(),
        model.bitsPerWeight(),
        model.weightBytes() / MIB,
        report.kvCache(),
        report.head());
    format(
        "%s, %d processors, %s%n",
        report.machine().cpu(), report.machine().processors(), report.machine().java());
    for (BenchReport.Run run : report.runs()) {
      format(
          "%n%s: read %.1f GB/s, loaded in %.1f s%s%n",
          run.kernels(),
          run.readGigabytesPerSecond(),
          run.loadSeconds(),
          run.memory() == null ? "" : ", resident " + resident(run.memory()));
      format(
          "  %-8s %5s %9s %19s %11s %7s %8s%n",
          "test", "batch", "tok/s", "lowest … highest", "Gweights/s", "GB/s", "of read");
      for (Measurement measured : run.measurements()) {
        Spread rate = measured.tokensPerSecond();
        format(
            "  %-8s %5d %9.2f %9.2f … %7.2f %11.2f %7.2f %6.0f %%%n",
            measured.test(),
            measured.batch(),
            rate.median(),
            rate.min(),
            rate.max(),
            measured.gigaWeightsPerSecond(),
            measured.gigabytesPerSecond(),
            100 * measured.shareOfRead());
      }
    }
  }

  private static String resident(ProcessMemory memory) {
    return String.format(
        Locale.ROOT,
        "%.0f MiB and %.0f MiB of files",
        memory.anonymousBytes() / MIB,
        memory.fileBytes() / MIB);
  }

  private void csv(BenchReport report) {
    out.println(
        "test,threads,batch,tokens_per_second,lowest,highest,gweights_per_second,"
            + "gigabytes_per_second,share_of_read,read_gigabytes_per_second,anonymous_bytes,"
            + "file_bytes");
    for (BenchReport.Run run : report.runs()) {
      ProcessMemory memory = run.memory();
      for (Measurement measured : run.measurements()) {
        Spread rate = measured.tokensPerSecond();
        format(
            "%s,%d,%d,%.3f,%.3f,%.3f,%.4f,%.4f,%.4f,%.3f,%s,%s%n",
            measured.test(),
            measured.threads(),
            measured.batch(),
            rate.median(),
            rate.min(),
            rate.max(),
            measured.gigaWeightsPerSecond(),
            measured.gigabytesPerSecond(),
            measured.shareOfRead(),
            run.readGigabytesPerSecond(),
            memory == null ? "" : memory.anonymousBytes(),
            memory == null ? "" : memory.fileBytes());
      }
    }
  }

  private void format(String pattern, Object... values) {
    out.print(String.format(Locale.ROOT, pattern, values));
  }
}
