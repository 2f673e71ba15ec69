package dev.whit.bench.synth;

import dev.whit.checkpoint.DType;

/**
 * What to make up.
 *
 * @param method how linear layers are stored
 * @param bits effective bits per weight of the linear layers, scales counted; unused when dense
 * @param dtype of embeddings, head, norms, scales and dense layers: F16 or BF16
 * @param seed the same one gives the same files
 */
public record SynthSpec(Method method, double bits, DType dtype, long seed) {
  /** Bits at which any layer is past full rank. */
  public static final double MAX_BITS = 16;

  public SynthSpec {
    if (method != Method.DENSE && !(bits > 0 && bits <= MAX_BITS)) {
      throw new IllegalArgumentException("bits is " + bits + ", must be above 0, at most 16");
    }
    if (dtype != DType.F16 && dtype != DType.BF16) {
      throw new IllegalArgumentException("dtype is " + dtype + ", must be F16 or BF16");
    }
  }
}
