package dev.whit.kernel.cpu;

import static jdk.incubator.vector.VectorOperators.S2F;

import dev.whit.kernel.AttentionSpec;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * One worker's state of attention with an online softmax (Milakov and Gimelshein, 2018): for each
 * query the largest score so far, the sum of its weights and the weighted sum of the values, both
 * relative to that score. Keys come in steps of a few blocks: score them, weigh, accumulate.
 *
 * <p>All sums run lane by lane: a score's over the head's elements in four interleaved sums, an
 * output's over the keys in order, the weights' over every {@link Species#LANES}-th slot of a step.
 */
final class OnlineSoftmax {
  private static final VectorSpecies<Float> FLOAT = Species.FLOAT;
  private static final VectorSpecies<Short> SHORT = Species.SHORT;
  private static final int LANES = Species.LANES;

  /** Keys of a step, about: enough to hide the latency of its softmax. */
  private static final int STEP = 64;

  /** Most queries that read 16-bit elements as they are stored, where blocks are whole vectors. */
  private static final int FEW_QUERIES = 2;

  private int headDim;
  private int blockSize;
  private float scale;
  private float softCap;

  /** Stride of {@link #weights}: a step's slots, padded. */
  private int stepStride;

  /** [query] Largest score so far. */
  private float[] largest = {};

  /** [query, lane] Sum of weights. */
  private float[] totals = {};

  /** [query, headDim] Weighted sum of values. */
  private float[] sums = {};

  /** [query, slot of the step] Scores, then weights. */
  private float[] weights = {};

  private float[] work = {};

  /** A head's keys or values in one block, from {@link #runStart}, but for their scales. */
  private float[] run = {};

  private int runStart;

  /** They, when they are not widened first: for few queries that takes longer than the products. */
  private short @Nullable [] shorts;

  private boolean widens;

  /** A scale for each slot of the block, from {@link #scaleStart}; null for none. */
  private float @Nullable [] scales;

  private int scaleStart;
  private float[] widened = {};

  /** Blocks of a step. */
  static int blocksPerStep(int blockSize) {
    return Math.max(1, STEP / blockSize);
  }

  /** Starts {@code queries} queries. Allocates only when they are larger than any before. */
  void begin(AttentionSpec spec, int blockSize, int queries) {
    this.headDim = spec.headDim();
    this.blockSize = blockSize;
    this.scale = spec.scale();
    this.softCap = spec.softCap();
    widens = queries > FEW_QUERIES || blockSize % LANES != 0;
    stepStride = VectorMath.padded(blocksPerStep(blockSize) * blockSize);
    largest = grown(largest, queries);
    totals = grown(totals, queries * LANES);
    sums = grown(sums, queries * headDim);
    weights = grown(weights, queries * stepStride);
    work = grown(work, stepStride);
    widened = grown(widened, blockSize * headDim);
    Arrays.fill(largest, 0, queries, Float.NEGATIVE_INFINITY);
    Arrays.fill(totals, 0, queries * LANES, 0);
    Arrays.fill(sums, 0, queries * headDim, 0);
  }

  private static float[] grown(float[] array, int length) {
    return array.length < length ? new float[length] : array;
  }

  /** Makes a head's keys, or values, in one block, {@code start} on, those to work with. */
  void load(KvElements elements, int start) {
    int length = blockSize * headDim;
    shorts = null;
    scales = null;
    scaleStart = start / headDim;
    run = widened;
    runStart = 0;
    switch (elements) {
      case KvElements.F32(float[] stored) -> {
        run = stored;
        runStart = start;
      }
      case KvElements.Int16(short[] stored, float[] ofVectors) -> {
        scales = ofVectors;
        if (widens) {
          widen(stored, start, widened, length);
        } else {
          shorts = stored;
          runStart = start;
        }
      }
      case KvElements.Int8(byte[] stored, float[] ofVectors) -> {
        scales = ofVectors;
        widen(stored, start, widened, length);
      }
    }
  }

  // Loops that the compiler turns into the processor's conversion instructions.

  private static void widen(short[] stored, int from, float[] target, int length) {
    for (int i = 0; i < length; i++) {
      target[i] = stored[from + i];
    }
  }

  private static void widen(byte[] stored, int from, float[] target, int length) {
    for (int i = 0; i < length; i++) {
      target[i] = stored[from + i];
    }
  }

  /**
   * Scores a query, at {@code at} in {@code q}, with the loaded keys.
   *
   * @param block place of their block in the step
   */
  void score(int query, int block, float[] q, int at) {
    int target = query * stepStride + block * blockSize;
    if (shorts == null) {
      score(q, at, run, runStart, headDim, blockSize, weights, target);
    } else {
      scoreShorts(q, at, shorts, runStart, headDim, blockSize, weights, target);
    }
    if (scales != null) {
      VectorMath.multiply(scales, scaleStart, weights, target, blockSize, weights, target);
    }
  }

  /** Turns a query's scores into weights; it sees the slots {@code from … to − 1} of the step. */
  void weigh(int query, int from, int to) {
    int at = query * stepStride;
    limit(at, to);
    Arrays.fill(weights, at, at + from, Float.NEGATIVE_INFINITY);
    Arrays.fill(weights, at + to, at + VectorMath.padded(to), Float.NEGATIVE_INFINITY);
    float before = largest[query];
    float now = max(weights, at, to, before);
    subtract(weights, at, to, now);
    VectorMath.exp(weights, at, to);
    if (now != before) {
      float correction = (float) Math.exp((double) before - now);
      scale(sums, query * headDim, headDim, correction);
      scale(totals, query * LANES, LANES, correction);
      largest[query] = now;
    }
    addLanes(weights, at, to, totals, query * LANES);
  }

  /**
   * Adds the loaded values to a query's sums, by its weights.
   *
   * @param block place of their block in the step
   * @param from first slot of the block that the query sees
   * @param to one past the last
   */
  void accumulate(int query, int block, int from, int to) {
    int weight = query * stepStride + block * blockSize;
    float[] factors = weights;
    if (scales != null) {
      VectorMath.multiply(scales, scaleStart, weights, weight, blockSize, work, 0);
      factors = work;
      weight = 0;
    }
    int at = query * headDim;
    if (shorts == null) {
      accumulate(factors, weight, from, to, run, runStart, headDim, sums, at);
    } else {
      accumulateShorts(factors, weight, from, to, shorts, runStart, headDim, sums, at);
    }
  }

  /** Writes the result of a query. */
  void finish(int query, float[] out, int at) {
    float total = 0;
    for (int lane = 0; lane < LANES; lane++) {
      total += totals[query * LANES + lane];
    }
    for (int d = 0; d < headDim; d++) {
      out[at + d] = sums[query * headDim + d] / total;
    }
  }

  /** {@code scale · q·k}, capped. */
  private void limit(int at, int length) {
    if (softCap == 0) {
      scalePadded(weights, at, length, scale);
    } else {
      scalePadded(weights, at, length, scale / softCap);
      VectorMath.tanh(weights, at, length, work);
      scalePadded(weights, at, length, softCap);
    }
  }

  private static void scalePadded(float[] a, int at, int length, float factor) {
    for (int j = at; j < at + length; j += LANES) {
      FloatVector.fromArray(FLOAT, a, j).mul(factor).intoArray(a, j);
    }
  }

  private static void scale(float[] a, int at, int length, float factor) {
    for (int j = at; j < at + length; j++) {
      a[j] *= factor;
    }
  }

  /** The largest element, which unlike a sum depends on no order. */
  private static float max(float[] a, int at, int length, float before) {
    FloatVector max = FloatVector.broadcast(FLOAT, before);
    for (int j = at; j < at + length; j += LANES) {
      max = max.max(FloatVector.fromArray(FLOAT, a, j));
    }
    return max.reduceLanes(VectorOperators.MAX);
  }

  private static void subtract(float[] a, int at, int length, float b) {
    for (int j = at; j < at + length; j += LANES) {
      FloatVector.fromArray(FLOAT, a, j).sub(b).intoArray(a, j);
    }
  }

  private static void addLanes(float[] a, int at, int length, float[] lanes, int lane) {
    FloatVector sum = FloatVector.fromArray(FLOAT, lanes, lane);
    for (int j = at; j < at + length; j += LANES) {
      sum = sum.add(FloatVector.fromArray(FLOAT, a, j));
    }
    sum.intoArray(lanes, lane);
  }

  /**
   * Products of a query with all slots of a block, a slot in each lane. Slots that are not written
   * yet give rubbish that nobody looks at.
   */
  private static void score(
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
  private static void accumulate(
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

  // The same products, to the bit, of 16-bit elements.

  private static void scoreShorts(
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

  private static void accumulateShorts(
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
