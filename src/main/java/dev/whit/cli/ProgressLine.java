package dev.whit.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Locale;

/**
 * Where a command shows how far it is: on a terminal one line that is written over, elsewhere a
 * line every few seconds. Used by one thread at a time.
 */
final class ProgressLine implements AutoCloseable {
  private static final double MIB = 1 << 20;
  private static final long TERMINAL_INTERVAL = 200_000_000L;
  private static final long LOG_INTERVAL = 5_000_000_000L;
  private static final int BAR = 24;

  private final PrintWriter out;
  private final boolean terminal = isTerminal();
  private final long interval = terminal ? TERMINAL_INTERVAL : LOG_INTERVAL;
  private long shown = System.nanoTime() - interval;
  private boolean open;

  ProgressLine(PrintWriter out) {
    this.out = out;
  }

  @SuppressWarnings("SystemConsoleNull") // from JDK 25 on it may be null again
  private static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  /** Whether what is shown can be written over, so that short-lived states are worth showing. */
  boolean isRewritten() {
    return terminal;
  }

  /** Whether the last state has been shown for long enough. */
  boolean isDue() {
    return System.nanoTime() - shown >= interval;
  }

  /** Shows a state. */
  void show(String text) {
    shown = System.nanoTime();
    if (terminal) {
      out.print("\r\u001b[K" + text);
      open = true;
    } else {
      out.println(text);
    }
    out.flush();
  }

  /** Adds a line that stays. */
  void line(String text) {
    end();
    out.println(text);
    out.flush();
  }

  /** Bytes as a bar with speed and time left. */
  static String bar(long done, long total, double bytesPerSecond) {
    double share = total == 0 ? 1 : (double) done / total;
    long left = bytesPerSecond == 0 ? 0 : (long) ((total - done) / bytesPerSecond);
    int filled = (int) (share * BAR);
    return String.format(
        Locale.ROOT,
        "[%s%s] %3.0f %%  %.1f of %.1f MiB  %.1f MiB/s  %d:%02d left",
        "#".repeat(filled),
        ".".repeat(BAR - filled),
        share * 100,
        done / MIB,
        total / MIB,
        bytesPerSecond / MIB,
        left / 60,
        left % 60);
  }

  private void end() {
    if (open) {
      out.println();
      open = false;
    }
  }

  @Override
  public void close() {
    end();
    out.flush();
  }
}
