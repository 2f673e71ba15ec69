package dev.whit.cli;

import dev.whit.hub.PullListener;
import java.io.PrintWriter;

/** Shows a download. */
final class PullProgress implements PullListener, AutoCloseable {
  private static final double MIB = 1 << 20;

  private final ProgressLine line;
  private final String what;
  private long total;
  private long present;
  private long received;
  private long start;

  PullProgress(PrintWriter out, String what) {
    line = new ProgressLine(out);
    this.what = what;
  }

  @Override
  public synchronized void onStart(int files, long totalBytes) {
    total = totalBytes;
    start = System.nanoTime();
    line.line("%s: %d files, %.1f MiB".formatted(what, files, totalBytes / MIB));
  }

  @Override
  public synchronized void onBytes(long bytes, boolean wasReceived) {
    present += bytes;
    received += wasReceived ? bytes : 0;
    if (line.isDue()) {
      line.show(status());
    }
  }

  @Override
  public synchronized void onVerify(String file) {
    if (line.isRewritten()) {
      line.show("verifying " + file);
    }
  }

  @Override
  public synchronized void onRetry(String reason) {
    line.line(reason);
  }

  private String status() {
    double seconds = Math.max(1e-3, (System.nanoTime() - start) * 1e-9);
    return ProgressLine.bar(present, total, received / seconds);
  }

  @Override
  public synchronized void close() {
    if (start != 0 && present == total) {
      line.show(status());
    }
    line.close();
  }
}
