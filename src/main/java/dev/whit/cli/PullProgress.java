package dev.whit.cli;

import dev.whit.hub.PullListener;
import java.io.Console;
import java.io.PrintWriter;
import java.util.Locale;

/**
 * Shows a download: on a terminal one line that is written over, elsewhere a line every few
 * seconds.
 */
final class PullProgress implements PullListener, AutoCloseable {
  private static final double MIB = 1 << 20;
  private static final long TERMINAL_INTERVAL = 200_000_000L;
  private static final long LOG_INTERVAL = 5_000_000_000L;
  private static final int BAR = 24;

  private final PrintWriter out;
  private final String what;
  private final boolean terminal = isTerminal();
  private final long interval = terminal ? TERMINAL_INTERVAL : LOG_INTERVAL;
  private long total;
  private long present;
  private long received;
  private long start;
  private long shown;
  private boolean lineOpen;

  PullProgress(PrintWriter out, String what) {
    this.out = out;
    this.what = what;
  }

  @SuppressWarnings("SystemConsoleNull") // from JDK 25 on it may be null again
  private static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  @Override
  public synchronized void onStart(int files, long totalBytes) {
    total = totalBytes;
    start = System.nanoTime();
    shown = start - interval;
    line("%s: %d files, %.1f MiB".formatted(what, files, totalBytes / MIB));
  }

  @Override
  public synchronized void onBytes(long bytes, boolean wasReceived) {
    present += bytes;
    received += wasReceived ? bytes : 0;
    long now = System.nanoTime();
    if (now - shown >= interval) {
      shown = now;
      show(status(now));
    }
  }

  @Override
  public synchronized void onVerify(String file) {
    if (terminal) {
      show("verifying " + file);
    }
  }

  @Override
  public synchronized void onRetry(String reason) {
    line(reason);
  }

  private String status(long now) {
    double seconds = Math.max(1e-3, (now - start) * 1e-9);
    double perSecond = received / seconds;
    double share = total == 0 ? 1 : (double) present / total;
    long left = perSecond == 0 ? 0 : (long) ((total - present) / perSecond);
    int filled = (int) (share * BAR);
    return String.format(
        Locale.ROOT,
        "[%s%s] %3.0f %%  %.1f of %.1f MiB  %.1f MiB/s  %d:%02d left",
        "#".repeat(filled),
        ".".repeat(BAR - filled),
        share * 100,
        present / MIB,
        total / MIB,
        perSecond / MIB,
        left / 60,
        left % 60);
  }

  private void show(String text) {
    if (terminal) {
      out.print("\r\u001b[K" + text);
      lineOpen = true;
    } else {
      out.println(text);
    }
    out.flush();
  }

  private void line(String text) {
    closeLine();
    out.println(text);
    out.flush();
  }

  private void closeLine() {
    if (lineOpen) {
      out.println();
      lineOpen = false;
    }
  }

  @Override
  public synchronized void close() {
    if (start != 0 && present == total) {
      show(status(System.nanoTime()));
    }
    closeLine();
    out.flush();
  }
}
