package dev.whit.bench.synth;

/**
 * The rank of a factorised layer of {@code a} inputs and {@code b} outputs for a number of bits per
 * weight, as the methods' own compressors choose it: scales count 16 bits each.
 */
final class Ranks {
  private static final int LITTLEBIT_STEP = 8;
  private static final int NANOQUANT_STEP = 32;

  private Ranks() {}

  /** LittleBit's rank of each of two paths: [2r(a+b+16) + 32(a+b)] / ab bits, in steps of 8. */
  static int littleBit(double bits, int a, int b) {
    double sum = (double) a + b;
    return steps((bits * a * b - 32 * sum) / (2 * (sum + 16)), LITTLEBIT_STEP, a, b);
  }

  /** NanoQuant's rank: (r + 16)(a+b) / ab bits, in steps of 32. */
  static int nanoQuant(double bits, int a, int b) {
    return steps(bits * a * b / ((double) a + b) - 16, NANOQUANT_STEP, a, b);
  }

  /** Rounded down to whole steps, at least one, at most the smaller side of the layer. */
  private static int steps(double rank, int step, int a, int b) {
    int smaller = Math.min(a, b);
    int steps = (int) (Math.min(rank, smaller) / step);
    return Math.min(Math.max(steps, 1) * step, smaller);
  }
}
