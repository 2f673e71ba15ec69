package dev.whit.kernel.cpu;

import dev.whit.kernel.AttentionSpec;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * One worker's state of attention with an online softmax (Milakov and Gimelshein, 2018): for each
 * query the largest score so far, the sum of its weights and the weighted sum of the values, both
 * relative to that score; and the block of keys and values being visited.
 *
 * <p>Both products run lane by lane, a score's over the head's elements in four interleaved sums, a
 * value's over the keys in order, so that no order depends on the vector's width.
 */
final class OnlineSoftmax {
  private static final VectorSpecies<Float> FLOAT = Species.FLOAT;
  private static final int LANES = Species.LANES;

  private int headDim;
  private int blockSize;
  private float scale;
  private float softCap;

  /** [query] Largest score so far. */
  private float[] largest = {};

  /** [query] Sum of weights. */
  private float[] total = {};

  /** [query, headDim] Weighted sum of values. */
  private float[] sums = {};

  /** Scores, then weights, of a query with a block; padded. */
  private float[] weights = {};

  private float[] work = {};

  /** The block's keys, [headDim, slot] from {@link #keyStart}. */
  private float[] keys = {};

  private int keyStart;

  /** The block's values, [slot, headDim] from {@link #valueStart}. */
  private float[] values = {};

  private int valueStart;

  private float[] widenedKeys = {};
  private float[] widenedValues = {};

  /** Starts {@code queries} queries. Allocates only when they are larger than any before. */
  void begin(AttentionSpec spec, int blockSize, int queries) {
    this.headDim = spec.headDim();
    this.blockSize = blockSize;
    this.scale = spec.scale();
    this.softCap = spec.softCap();
    if (largest.length < queries) {
      largest = new float[queries];
      total = new float[queries];
    }
    sums = grown(sums, queries * headDim);
    weights = grown(weights, VectorMath.padded(blockSize));
    work = grown(work, VectorMath.padded(blockSize));
    widenedKeys = grown(widenedKeys, blockSize * headDim);
    widenedValues = grown(widenedValues, blockSize * headDim);
    Arrays.fill(largest, 0, queries, Float.NEGATIVE_INFINITY);
    Arrays.fill(total, 0, queries, 0);
    Arrays.fill(sums, 0, queries * headDim, 0);
  }

  private static float[] grown(float[] array, int length) {
    return array.length < length ? new float[length] : array;
  }

  /** Makes a head of a block the one to visit, widened to f32. */
  void load(HostKvStore cache, int layer, int block, int head) {
    int run = cache.runOf(block, head);
    switch (cache.keys(layer)) {
      case KvElements.F32(float[] stored) -> {
        keys = stored;
        keyStart = run;
      }
      case KvElements.F16(short[] stored) -> {
        keys = widenedKeys;
        keyStart = 0;
        widen(stored, run, widenedKeys, blockSize * headDim);
      }
    }
    switch (cache.values(layer)) {
      case KvElements.F32(float[] stored) -> {
        values = stored;
        valueStart = run;
      }
      case KvElements.F16(short[] stored) -> {
        values = widenedValues;
        valueStart = 0;
        widen(stored, run, widenedValues, blockSize * headDim);
      }
    }
  }

  /** A loop that the compiler turns into the processor's conversion instructions. */
  private static void widen(short[] halves, int from, float[] target, int length) {
    for (int i = 0; i < length; i++) {
      target[i] = Float.float16ToFloat(halves[from + i]);
    }
  }

  /** Lets query number {@code query}, at {@code at} in {@code q}, see the slots from … to − 1. */
  void visit(int query, float[] q, int at, int from, int to) {
    score(q, at, keys, keyStart, headDim, blockSize, weights);
    limit();
    float before = largest[query];
    float now = before;
    for (int j = from; j < to; j++) {
      if (weights[j] > now) {
        now = weights[j];
      }
    }
    // Most blocks hold no new largest score.
    float correction = now == before ? 1f : (float) Math.exp((double) before - now);
    subtract(weights, now, blockSize);
    VectorMath.exp(weights, blockSize);
    float sum = total[query] * correction;
    for (int j = from; j < to; j++) {
      sum += weights[j];
    }
    largest[query] = now;
    total[query] = sum;
    accumulate(weights, from, to, values, valueStart, headDim, correction, sums, query * headDim);
  }

  /** {@code scale · q·k}, capped. */
  private void limit() {
    for (int j = 0; j < blockSize; j += LANES) {
      FloatVector.fromArray(FLOAT, weights, j).mul(scale).intoArray(weights, j);
    }
    if (softCap != 0) {
      for (int j = 0; j < blockSize; j += LANES) {
        FloatVector.fromArray(FLOAT, weights, j).div(softCap).intoArray(weights, j);
      }
      VectorMath.tanh(weights, blockSize, work);
      for (int j = 0; j < blockSize; j += LANES) {
        FloatVector.fromArray(FLOAT, weights, j).mul(softCap).intoArray(weights, j);
      }
    }
  }

  private static void subtract(float[] a, float b, int length) {
    for (int j = 0; j < length; j += LANES) {
      FloatVector.fromArray(FLOAT, a, j).sub(b).intoArray(a, j);
    }
  }

  /** Writes the result of a query. */
  void finish(int query, float[] out, int at) {
    for (int d = 0; d < headDim; d++) {
      out[at + d] = sums[query * headDim + d] / total[query];
    }
  }

  /**
   * Products of a query with all slots of a block, a slot in each lane. Slots that are not written
   * yet give rubbish that nobody looks at.
   */
  private static void score(
      float[] q, int at, float[] keys, int start, int headDim, int slots, float[] out) {
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
      s0.add(s1).add(s2.add(s3)).intoArray(out, j);
    }
    for (; j < slots; j++) {
      out[j] = score(q, at, keys, start + j, headDim, slots);
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

  /** {@code sums = correction · sums + Σ_j weights[j] · values[j]}, an element in each lane. */
  private static void accumulate(
      float[] weights,
      int from,
      int to,
      float[] values,
      int start,
      int headDim,
      float correction,
      float[] sums,
      int at) {
    int d = 0;
    for (; d <= headDim - 4 * LANES; d += 4 * LANES) {
      FloatVector a0 = FloatVector.fromArray(FLOAT, sums, at + d).mul(correction);
      FloatVector a1 = FloatVector.fromArray(FLOAT, sums, at + d + LANES).mul(correction);
      FloatVector a2 = FloatVector.fromArray(FLOAT, sums, at + d + 2 * LANES).mul(correction);
      FloatVector a3 = FloatVector.fromArray(FLOAT, sums, at + d + 3 * LANES).mul(correction);
      for (int j = from, v = start + from * headDim + d; j < to; j++, v += headDim) {
        FloatVector w = FloatVector.broadcast(FLOAT, weights[j]);
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
    for (; d <= headDim - LANES; d += LANES) {
      FloatVector a = FloatVector.fromArray(FLOAT, sums, at + d).mul(correction);
      for (int j = from, v = start + from * headDim + d; j < to; j++, v += headDim) {
        a =
            FloatVector.fromArray(FLOAT, values, v)
                .fma(FloatVector.broadcast(FLOAT, weights[j]), a);
      }
      a.intoArray(sums, at + d);
    }
    for (; d < headDim; d++) {
      float a = sums[at + d] * correction;
      for (int j = from, v = start + from * headDim + d; j < to; j++, v += headDim) {
        a = Math.fma(values[v], weights[j], a);
      }
      sums[at + d] = a;
    }
  }
}
