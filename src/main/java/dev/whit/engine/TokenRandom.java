package dev.whit.engine;

/**
 * A random stream that is a function of its seed and the index of the token, not of what was drawn
 * before: a sequence that is computed again, or in another batch, draws the same numbers.
 */
final class TokenRandom {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private TokenRandom() {}

  /** The uniform number in [0, 1) of the {@code index}-th generated token. */
  static double uniform(long seed, long index) {
    // The seed is mixed first: streams of neighbouring seeds must not be each other shifted.
    long bits = mix(mix(seed + GOLDEN_GAMMA) + (index + 1) * GOLDEN_GAMMA);
    return (bits >>> 11) * 0x1.0p-53;
  }

  // The finaliser of SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number
  // generators", OOPSLA 2014; constants of Stafford's variant 13.
  private static long mix(long z) {
    long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
    return b ^ (b >>> 31);
  }
}
