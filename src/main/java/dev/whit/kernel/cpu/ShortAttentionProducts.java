package dev.whit.kernel.cpu;

import static jdk.incubator.vector.VectorOperators.S2F;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The products of {@link AttentionProducts}, to the bit, with 16-bit elements as they are stored,
 * for blocks of whole vectors.
 */
final class ShortAttentionProducts {
  private static final VectorSpecies<Float> FLOAT = Species.FLOAT;
  private static final VectorSpecies<Short> SHORT = Species.SHORT;
  private static final int LANES = Species.LANES;

  private ShortAttentionProducts() {}

  static void score(
      float[] q, int at, short[] keys, int start, int headDim, int slots, float[] out, int target) {
    for (int j = 0; j < slots; j += LANES) {
      FloatVector s0 = FloatVector.zero(FLOAT);
      FloatVector s1 = s0;
      FloatVector s2 = s0;
      FloatVector s3 = s0;
      int d = 0;
      for (int k = start + j; d <= headDim - 4; d += 4, k += 4 * slots) {
        s0 =
            ((FloatVector) ShortVector.fromArray(SHORT, keys, k).convertShape(S2F, FLOAT, 0))
                .fma(FloatVector.broadcast(FLOAT, q[at + d]), s0);
        s1 =
            ((FloatVector)
                    ShortVector.fromArray(SHORT, keys, k + slots).convertShape(S2F, FLOAT, 0))
                .fma(FloatVector.broadcast(FLOAT, q[at + d + 1]), s1);
        s2 =
            ((FloatVector)
                    ShortVector.fromArray(SHORT, keys, k + 2 * slots).convertShape(S2F, FLOAT, 0))
                .fma(FloatVector.broadcast(FLOAT, q[at + d + 2]), s2);
        s3 =
            ((FloatVector)
                    ShortVector.fromArray(SHORT, keys, k + 3 * slots).convertShape(S2F, FLOAT, 0))
                .fma(FloatVector.broadcast(FLOAT, q[at + d + 3]), s3);
      }
      for (; d < headDim; d++) {
        s0 =
            ((FloatVector)
                    ShortVector.fromArray(SHORT, keys, start + d * slots + j)
                        .convertShape(S2F, FLOAT, 0))
                .fma(FloatVector.broadcast(FLOAT, q[at + d]), s0);
      }
      s0.add(s1).add(s2.add(s3)).intoArray(out, target + j);
    }
  }

  static void accumulate(
      float[] weights,
      int weight,
      int from,
      int to,
      short[] values,
      int start,
      int headDim,
      float[] sums,
      int at) {
    int d = 0;
    for (; d <= headDim - 4 * LANES; d += 4 * LANES) {
      FloatVector a0 = FloatVector.fromArray(FLOAT, sums, at + d);
      FloatVector a1 = FloatVector.fromArray(FLOAT, sums, at + d + LANES);
      FloatVector a2 = FloatVector.fromArray(FLOAT, sums, at + d + 2 * LANES);
      FloatVector a3 = FloatVector.fromArray(FLOAT, sums, at + d + 3 * LANES);
      for (int j = from, v = start + from * headDim + d; j < to; j++, v += headDim) {
        FloatVector w = FloatVector.broadcast(FLOAT, weights[weight + j]);
        a0 =
            ((FloatVector) ShortVector.fromArray(SHORT, values, v).convertShape(S2F, FLOAT, 0))
                .fma(w, a0);
        a1 =
            ((FloatVector)
                    ShortVector.fromArray(SHORT, values, v + LANES).convertShape(S2F, FLOAT, 0))
                .fma(w, a1);
        a2 =
            ((FloatVector)
                    ShortVector.fromArray(SHORT, values, v + 2 * LANES).convertShape(S2F, FLOAT, 0))
                .fma(w, a2);
        a3 =
            ((FloatVector)
                    ShortVector.fromArray(SHORT, values, v + 3 * LANES).convertShape(S2F, FLOAT, 0))
                .fma(w, a3);
      }
      a0.intoArray(sums, at + d);
      a1.intoArray(sums, at + d + LANES);
      a2.intoArray(sums, at + d + 2 * LANES);
      a3.intoArray(sums, at + d + 3 * LANES);
    }
    for (; d < headDim; d++) {
      float a = sums[at + d];
      for (int j = from, v = start + from * headDim + d; j < to; j++, v += headDim) {
        a = Math.fma(values[v], weights[weight + j], a);
      }
      sums[at + d] = a;
    }
  }
}
