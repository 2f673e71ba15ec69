package dev.whit.kernel.cpu;

import dev.whit.kernel.AttentionSpec;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
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
  private static final int LANES = Species.LANES;
  private static final int TILE = AttentionProducts.TILE;

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

  /** Whether queries are computed by tiles, of what is widened. */
  private boolean tiles;

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
    tiles = widens && blockSize % LANES == 0;
    stepStride = VectorMath.padded(blocksPerStep(blockSize) * blockSize);
    largest = grown(largest, queries);
    totals = grown(totals, queries * LANES);
    sums = grown(sums, queries * headDim);
    weights = grown(weights, queries * stepStride);
    work = grown(work, Math.max(stepStride, TILE * blockSize));
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
   * Scores queries {@code from … to − 1} with the loaded keys.
   *
   * @param block place of their block in the step
   * @param q where the queries are, each at its of {@code offsets}
   */
  void score(int from, int to, int block, float[] q, int[] offsets) {
    int query = from;
    for (; tiles && query <= to - TILE; query += TILE) {
      AttentionProducts.scoreTile(
          q,
          offsets,
          query,
          run,
          runStart,
          headDim,
          blockSize,
          weights,
          slot(query, block),
          stepStride);
    }
    for (; query < to; query++) {
      int target = slot(query, block);
      if (shorts == null) {
        AttentionProducts.score(
            q, offsets[query], run, runStart, headDim, blockSize, weights, target);
      } else {
        ShortAttentionProducts.score(
            q, offsets[query], shorts, runStart, headDim, blockSize, weights, target);
      }
    }
    for (query = from; scales != null && query < to; query++) {
      int target = slot(query, block);
      VectorMath.multiply(scales, scaleStart, weights, target, blockSize, weights, target);
    }
  }

  /** Where the weights of a query are for the slots of a block. */
  private int slot(int query, int block) {
    return query * stepStride + block * blockSize;
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
   * Adds the loaded values to the sums of queries {@code query … end − 1}, by their weights.
   *
   * @param block place of their block in the step
   * @param from first slot of the block that the queries see
   * @param to one past the last
   */
  void accumulate(int query, int end, int block, int from, int to) {
    for (int next; query < end; query = next) {
      next = tiles && query <= end - TILE ? query + TILE : query + 1;
      float[] factors = weights;
      int factor = slot(query, block);
      int stride = stepStride;
      if (scales != null) {
        factors = work;
        stride = blockSize;
        for (int i = query; i < next; i++) {
          VectorMath.multiply(
              scales, scaleStart, weights, slot(i, block), blockSize, work, (i - query) * stride);
        }
        factor = 0;
      }
      int at = query * headDim;
      if (next > query + 1) {
        AttentionProducts.accumulateTile(
            factors, factor, stride, from, to, run, runStart, headDim, sums, at);
      } else if (shorts == null) {
        AttentionProducts.accumulate(factors, factor, from, to, run, runStart, headDim, sums, at);
      } else {
        ShortAttentionProducts.accumulate(
            factors, factor, from, to, shorts, runStart, headDim, sums, at);
      }
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
}
