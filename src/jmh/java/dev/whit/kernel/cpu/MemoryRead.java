package dev.whit.kernel.cpu;

import jdk.incubator.vector.IntVector;

/** A plain read of memory by all workers: the bandwidth to compare a kernel with. */
final class MemoryRead {
  private static final int CHUNK = 1 << 22; // ints
  private static final int LANES = Species.LANES;

  private final WorkerTeam team;
  private final WorkerTeam.Task task = this::work;
  private final int[][] chunks;
  private final int[] results;

  /**
   * Makes the memory to read.
   *
   * @param bytes rounded up to whole chunks of 16 MiB
   */
  MemoryRead(WorkerTeam team, long bytes) {
    this.team = team;
    chunks = new int[Math.toIntExact(Math.ceilDiv(bytes, 4L * CHUNK))][CHUNK];
    results = new int[team.threads() * 16];
  }

  /** Bytes read by a run. */
  long bytes() {
    return 4L * CHUNK * chunks.length;
  }

  /** Reads everything once. */
  int run() {
    team.run(task);
    return results[0];
  }

  private void work(int worker, int workers) {
    int sum = 0;
    int share = CHUNK / workers;
    for (int[] chunk : chunks) {
      sum ^= read(chunk, worker * share, share / (8 * LANES) * LANES);
    }
    results[worker * 16] = sum;
  }

  /** Eight sequential streams. */
  private static int read(int[] a, int from, int length) {
    IntVector s0 = IntVector.zero(Species.INT);
    IntVector s1 = s0;
    IntVector s2 = s0;
    IntVector s3 = s0;
    for (int i = from; i < from + length; i += LANES) {
      s0 = s0.or(IntVector.fromArray(Species.INT, a, i));
      s1 = s1.or(IntVector.fromArray(Species.INT, a, i + length));
      s2 = s2.or(IntVector.fromArray(Species.INT, a, i + 2 * length));
      s3 = s3.or(IntVector.fromArray(Species.INT, a, i + 3 * length));
      s0 = s0.or(IntVector.fromArray(Species.INT, a, i + 4 * length));
      s1 = s1.or(IntVector.fromArray(Species.INT, a, i + 5 * length));
      s2 = s2.or(IntVector.fromArray(Species.INT, a, i + 6 * length));
      s3 = s3.or(IntVector.fromArray(Species.INT, a, i + 7 * length));
    }
    return s0.or(s1).or(s2.or(s3)).lane(0);
  }
}
