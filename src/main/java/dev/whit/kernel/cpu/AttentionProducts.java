package dev.whit.kernel.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of queries with a head's keys in one block, and sums of its values. A query's arithmetic
 * is the same to the bit in a tile and alone: which queries come together depends on the batch.
 *
 * <p>The loops are unrolled by hand and call nothing but the Vector API, as those of {@link
 * WideLookupKernel}.
 */
final class AttentionProducts {
  private static final VectorSpecies<Float> FLOAT = Species.FLOAT;
  private static final int LANES = Species.LANES;

  /** Queries of a tile: each key and value that is loaded serves them all. */
  static final int TILE = 4;

  private AttentionProducts() {}

  /**
   * Products of a query with all slots of a block, a slot in each lane. Slots that are not written
   * yet give rubbish that nobody looks at.
   */
  static void score(
      float[] q, int at, float[] keys, int start, int headDim, int slots, float[] out, int target) {
    int j = 0;
    for (; j <= slots - LANES; j += LANES) {
      // Four sums hide the latency of a multiply-add.
      FloatVector s0 = FloatVector.zero(FLOAT);
      FloatVector s1 = s0;
      FloatVector s2 = s0;
      FloatVector s3 = s0;
      int d = 0;
      for (int k = start + j; d <= headDim - 4; d += 4, k += 4 * slots) {
        s0 = FloatVector.fromArray(FLOAT, keys, k).fma(FloatVector.broadcast(FLOAT, q[at + d]), s0);
        s1 =
            FloatVector.fromArray(FLOAT, keys, k + slots)
                .fma(FloatVector.broadcast(FLOAT, q[at + d + 1]), s1);
        s2 =
            FloatVector.fromArray(FLOAT, keys, k + 2 * slots)
                .fma(FloatVector.broadcast(FLOAT, q[at + d + 2]), s2);
        s3 =
            FloatVector.fromArray(FLOAT, keys, k + 3 * slots)
                .fma(FloatVector.broadcast(FLOAT, q[at + d + 3]), s3);
      }
      for (; d < headDim; d++) {
        s0 =
            FloatVector.fromArray(FLOAT, keys, start + d * slots + j)
                .fma(FloatVector.broadcast(FLOAT, q[at + d]), s0);
      }
      s0.add(s1).add(s2.add(s3)).intoArray(out, target + j);
    }
    for (; j < slots; j++) {
      out[target + j] = score(q, at, keys, start + j, headDim, slots);
    }
  }

  /** One slot of a block whose size is no multiple of the lanes, in the order of the others. */
  private static float score(float[] q, int at, float[] keys, int start, int headDim, int slots) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    int d = 0;
    for (int k = start; d <= headDim - 4; d += 4, k += 4 * slots) {
      s0 = Math.fma(keys[k], q[at + d], s0);
      s1 = Math.fma(keys[k + slots], q[at + d + 1], s1);
      s2 = Math.fma(keys[k + 2 * slots], q[at + d + 2], s2);
      s3 = Math.fma(keys[k + 3 * slots], q[at + d + 3], s3);
    }
    for (; d < headDim; d++) {
      s0 = Math.fma(keys[start + d * slots], q[at + d], s0);
    }
    return (s0 + s1) + (s2 + s3);
  }

  /** {@code sums += Σ_j weights[j] · values[j]}, an element in each lane. */
  static void accumulate(
      float[] weights,
      int weight,
      int from,
      int to,
      float[] values,
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
        a0 = FloatVector.fromArray(FLOAT, values, v).fma(w, a0);
        a1 = FloatVector.fromArray(FLOAT, values, v + LANES).fma(w, a1);
        a2 = FloatVector.fromArray(FLOAT, values, v + 2 * LANES).fma(w, a2);
        a3 = FloatVector.fromArray(FLOAT, values, v + 3 * LANES).fma(w, a3);
      }
      a0.intoArray(sums, at + d);
      a1.intoArray(sums, at + d + LANES);
      a2.intoArray(sums, at + d + 2 * LANES);
      a3.intoArray(sums, at + d + 3 * LANES);
    }
    accumulateFrom(d, weights, weight, from, to, values, start, headDim, sums, at);
  }

  /** The elements that are no whole four vectors, from {@code first}. */
  private static void accumulateFrom(
      int first,
      float[] weights,
      int weight,
      int from,
      int to,
      float[] values,
      int start,
      int headDim,
      float[] sums,
      int at) {
    int d = first;
    for (; d <= headDim - LANES; d += LANES) {
      FloatVector a = FloatVector.fromArray(FLOAT, sums, at + d);
      for (int j = from, v = start + from * headDim + d; j < to; j++, v += headDim) {
        a =
            FloatVector.fromArray(FLOAT, values, v)
                .fma(FloatVector.broadcast(FLOAT, weights[weight + j]), a);
      }
      a.intoArray(sums, at + d);
    }
    for (; d < headDim; d++) {
      float a = sums[at + d];
      for (int j = from, v = start + from * headDim + d; j < to; j++, v += headDim) {
        a = Math.fma(values[v], weights[weight + j], a);
      }
      sums[at + d] = a;
    }
  }

  /**
   * {@link #score} of a tile of queries, in the same order for each, for blocks of whole vectors.
   *
   * @param offsets where in {@code q} each query is, from {@code query}
   * @param stride from one query's scores to the next one's
   */
  static void scoreTile(
      float[] q,
      int[] offsets,
      int query,
      float[] keys,
      int start,
      int headDim,
      int slots,
      float[] out,
      int target,
      int stride) {
    int q0 = offsets[query];
    int q1 = offsets[query + 1];
    int q2 = offsets[query + 2];
    int q3 = offsets[query + 3];
    for (int j = 0; j < slots; j += LANES) {
      FloatVector s00 = FloatVector.zero(FLOAT);
      FloatVector s01 = FloatVector.zero(FLOAT);
      FloatVector s02 = FloatVector.zero(FLOAT);
      FloatVector s03 = FloatVector.zero(FLOAT);
      FloatVector s10 = FloatVector.zero(FLOAT);
      FloatVector s11 = FloatVector.zero(FLOAT);
      FloatVector s12 = FloatVector.zero(FLOAT);
      FloatVector s13 = FloatVector.zero(FLOAT);
      FloatVector s20 = FloatVector.zero(FLOAT);
      FloatVector s21 = FloatVector.zero(FLOAT);
      FloatVector s22 = FloatVector.zero(FLOAT);
      FloatVector s23 = FloatVector.zero(FLOAT);
      FloatVector s30 = FloatVector.zero(FLOAT);
      FloatVector s31 = FloatVector.zero(FLOAT);
      FloatVector s32 = FloatVector.zero(FLOAT);
      FloatVector s33 = FloatVector.zero(FLOAT);
      int d = 0;
      for (int k = start + j; d <= headDim - 4; d += 4, k += 4 * slots) {
        FloatVector key = FloatVector.fromArray(FLOAT, keys, k);
        s00 = key.fma(FloatVector.broadcast(FLOAT, q[q0 + d]), s00);
        s10 = key.fma(FloatVector.broadcast(FLOAT, q[q1 + d]), s10);
        s20 = key.fma(FloatVector.broadcast(FLOAT, q[q2 + d]), s20);
        s30 = key.fma(FloatVector.broadcast(FLOAT, q[q3 + d]), s30);
        key = FloatVector.fromArray(FLOAT, keys, k + slots);
        s01 = key.fma(FloatVector.broadcast(FLOAT, q[q0 + d + 1]), s01);
        s11 = key.fma(FloatVector.broadcast(FLOAT, q[q1 + d + 1]), s11);
        s21 = key.fma(FloatVector.broadcast(FLOAT, q[q2 + d + 1]), s21);
        s31 = key.fma(FloatVector.broadcast(FLOAT, q[q3 + d + 1]), s31);
        key = FloatVector.fromArray(FLOAT, keys, k + 2 * slots);
        s02 = key.fma(FloatVector.broadcast(FLOAT, q[q0 + d + 2]), s02);
        s12 = key.fma(FloatVector.broadcast(FLOAT, q[q1 + d + 2]), s12);
        s22 = key.fma(FloatVector.broadcast(FLOAT, q[q2 + d + 2]), s22);
        s32 = key.fma(FloatVector.broadcast(FLOAT, q[q3 + d + 2]), s32);
        key = FloatVector.fromArray(FLOAT, keys, k + 3 * slots);
        s03 = key.fma(FloatVector.broadcast(FLOAT, q[q0 + d + 3]), s03);
        s13 = key.fma(FloatVector.broadcast(FLOAT, q[q1 + d + 3]), s13);
        s23 = key.fma(FloatVector.broadcast(FLOAT, q[q2 + d + 3]), s23);
        s33 = key.fma(FloatVector.broadcast(FLOAT, q[q3 + d + 3]), s33);
      }
      for (; d < headDim; d++) {
        FloatVector key = FloatVector.fromArray(FLOAT, keys, start + d * slots + j);
        s00 = key.fma(FloatVector.broadcast(FLOAT, q[q0 + d]), s00);
        s10 = key.fma(FloatVector.broadcast(FLOAT, q[q1 + d]), s10);
        s20 = key.fma(FloatVector.broadcast(FLOAT, q[q2 + d]), s20);
        s30 = key.fma(FloatVector.broadcast(FLOAT, q[q3 + d]), s30);
      }
      s00.add(s01).add(s02.add(s03)).intoArray(out, target + j);
      s10.add(s11).add(s12.add(s13)).intoArray(out, target + j + stride);
      s20.add(s21).add(s22.add(s23)).intoArray(out, target + j + 2 * stride);
      s30.add(s31).add(s32.add(s33)).intoArray(out, target + j + 3 * stride);
    }
  }

  /**
   * {@link #accumulate} for a tile of queries, which see the same slots.
   *
   * @param stride from one query's weights to the next one's
   */
  static void accumulateTile(
      float[] weights,
      int weight,
      int stride,
      int from,
      int to,
      float[] values,
      int start,
      int headDim,
      float[] sums,
      int at) {
    int d = 0;
    for (; d <= headDim - 4 * LANES; d += 4 * LANES) {
      int at0 = at + d;
      int at1 = at0 + headDim;
      int at2 = at1 + headDim;
      int at3 = at2 + headDim;
      FloatVector a00 = FloatVector.fromArray(FLOAT, sums, at0);
      FloatVector a01 = FloatVector.fromArray(FLOAT, sums, at0 + LANES);
      FloatVector a02 = FloatVector.fromArray(FLOAT, sums, at0 + 2 * LANES);
      FloatVector a03 = FloatVector.fromArray(FLOAT, sums, at0 + 3 * LANES);
      FloatVector a10 = FloatVector.fromArray(FLOAT, sums, at1);
      FloatVector a11 = FloatVector.fromArray(FLOAT, sums, at1 + LANES);
      FloatVector a12 = FloatVector.fromArray(FLOAT, sums, at1 + 2 * LANES);
      FloatVector a13 = FloatVector.fromArray(FLOAT, sums, at1 + 3 * LANES);
      FloatVector a20 = FloatVector.fromArray(FLOAT, sums, at2);
      FloatVector a21 = FloatVector.fromArray(FLOAT, sums, at2 + LANES);
      FloatVector a22 = FloatVector.fromArray(FLOAT, sums, at2 + 2 * LANES);
      FloatVector a23 = FloatVector.fromArray(FLOAT, sums, at2 + 3 * LANES);
      FloatVector a30 = FloatVector.fromArray(FLOAT, sums, at3);
      FloatVector a31 = FloatVector.fromArray(FLOAT, sums, at3 + LANES);
      FloatVector a32 = FloatVector.fromArray(FLOAT, sums, at3 + 2 * LANES);
      FloatVector a33 = FloatVector.fromArray(FLOAT, sums, at3 + 3 * LANES);
      for (int j = from, v = start + from * headDim + d; j < to; j++, v += headDim) {
        FloatVector v0 = FloatVector.fromArray(FLOAT, values, v);
        FloatVector v1 = FloatVector.fromArray(FLOAT, values, v + LANES);
        FloatVector v2 = FloatVector.fromArray(FLOAT, values, v + 2 * LANES);
        FloatVector v3 = FloatVector.fromArray(FLOAT, values, v + 3 * LANES);
        FloatVector w = FloatVector.broadcast(FLOAT, weights[weight + j]);
        a00 = v0.fma(w, a00);
        a01 = v1.fma(w, a01);
        a02 = v2.fma(w, a02);
        a03 = v3.fma(w, a03);
        w = FloatVector.broadcast(FLOAT, weights[weight + j + stride]);
        a10 = v0.fma(w, a10);
        a11 = v1.fma(w, a11);
        a12 = v2.fma(w, a12);
        a13 = v3.fma(w, a13);
        w = FloatVector.broadcast(FLOAT, weights[weight + j + 2 * stride]);
        a20 = v0.fma(w, a20);
        a21 = v1.fma(w, a21);
        a22 = v2.fma(w, a22);
        a23 = v3.fma(w, a23);
        w = FloatVector.broadcast(FLOAT, weights[weight + j + 3 * stride]);
        a30 = v0.fma(w, a30);
        a31 = v1.fma(w, a31);
        a32 = v2.fma(w, a32);
        a33 = v3.fma(w, a33);
      }
      a00.intoArray(sums, at0);
      a01.intoArray(sums, at0 + LANES);
      a02.intoArray(sums, at0 + 2 * LANES);
      a03.intoArray(sums, at0 + 3 * LANES);
      a10.intoArray(sums, at1);
      a11.intoArray(sums, at1 + LANES);
      a12.intoArray(sums, at1 + 2 * LANES);
      a13.intoArray(sums, at1 + 3 * LANES);
      a20.intoArray(sums, at2);
      a21.intoArray(sums, at2 + LANES);
      a22.intoArray(sums, at2 + 2 * LANES);
      a23.intoArray(sums, at2 + 3 * LANES);
      a30.intoArray(sums, at3);
      a31.intoArray(sums, at3 + LANES);
      a32.intoArray(sums, at3 + 2 * LANES);
      a33.intoArray(sums, at3 + 3 * LANES);
    }
    for (int i = 0; d < headDim && i < TILE; i++) {
      accumulateFrom(
          d,
          weights,
          weight + i * stride,
          from,
          to,
          values,
          start,
          headDim,
          sums,
          at + i * headDim);
    }
  }
}
