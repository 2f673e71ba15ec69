package dev.whit.kernel.cpu;

import java.util.Arrays;

/**
 * A plain read of memory by a team of threads, each its own part front to back: the bandwidth that
 * a kernel's can be compared with.
 */
public final class MemoryRead implements AutoCloseable {
  private static final int CHUNK = 1 << 21; // longs

  /** Longs between the results of two workers: no cache line is shared. */
  private static final int SPACING = 16;

  private final WorkerTeam team;
  private final WorkerTeam.Task task = this::work;
  private final long[][] chunks;
  private final long[] results;

  MemoryRead(WorkerTeam team, long bytes) {
    this.team = team;
    chunks = new long[Math.toIntExact(Math.ceilDiv(bytes, (long) Long.BYTES * CHUNK))][CHUNK];
    for (long[] chunk : chunks) {
      Arrays.fill(chunk, 1); // untouched pages need not be memory of their own
    }
    results = new long[team.threads() * SPACING];
  }

  /**
   * Makes the memory to read, and a team.
   *
   * @param threads that read at once
   * @param bytes more than the processor's caches hold; rounded up to whole chunks of 16 MiB
   */
  public static MemoryRead open(int threads, long bytes) {
    return new MemoryRead(new WorkerTeam(threads), bytes);
  }

  /** Bytes read by a run. */
  public long bytes() {
    return (long) Long.BYTES * CHUNK * chunks.length;
  }

  /** Reads everything once; the sum of what was read, so that the reading cannot be left out. */
  public long run() {
    team.run(task);
    long sum = 0;
    for (int worker = 0; worker < team.threads(); worker++) {
      sum += results[worker * SPACING];
    }
    return sum;
  }

  private void work(int worker, int workers) {
    long sum = 0;
    int begin = (int) ((long) CHUNK * worker / workers);
    int end = (int) ((long) CHUNK * (worker + 1) / workers);
    for (long[] chunk : chunks) {
      sum += sum(chunk, begin, end);
    }
    results[worker * SPACING] = sum;
  }

  /** A loop that compilers vectorise: faster than eight streams by hand. */
  private static long sum(long[] values, int begin, int end) {
    long sum = 0;
    for (int i = begin; i < end; i++) {
      sum += values[i];
    }
    return sum;
  }

  /** Ends the team. */
  @Override
  public void close() {
    team.close();
  }
}
