package dev.whit.kernel;

import static dev.whit.kernel.Numbers.gaussian;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Sequences with random queries, keys and values; their attention by definition, and through a
 * kernel in steps of any size. Blocks are handed out in random order, the cache is full of NaN
 * before, and layer 1 of 2 is used.
 */
final class AttentionCase {
  private static final int LAYER = 1;

  private final AttentionSpec spec;
  private final int blockSize;
  private final KvType type;
  private final int[] contexts;
  private final float[][] queries;
  private final float[][] keys;
  private final float[][] values;

  /** Sequences of {@code contexts} tokens each. */
  AttentionCase(AttentionSpec spec, int blockSize, KvType type, int... contexts) {
    this.spec = spec;
    this.blockSize = blockSize;
    this.type = type;
    this.contexts = contexts;
    queries = new float[contexts.length][];
    keys = new float[contexts.length][];
    values = new float[contexts.length][];
    for (int s = 0; s < contexts.length; s++) {
      queries[s] = gaussian(s * 3L, contexts[s] * width());
      keys[s] = gaussian(s * 3L + 1, contexts[s] * kvWidth());
      values[s] = gaussian(s * 3L + 2, contexts[s] * kvWidth());
    }
  }

  private int kvWidth() {
    return spec.kvHeads() * spec.headDim();
  }

  private int width() {
    return spec.heads() * spec.headDim();
  }

  /** Outputs of a sequence, [context, heads, headDim], in double from the cached values. */
  double[] expected(int sequence) {
    float[] q = queries[sequence];
    float[] k = cached(keys[sequence]);
    float[] v = cached(values[sequence]);
    double[] out = new double[q.length];
    int headDim = spec.headDim();
    for (int p = 0; p < contexts[sequence]; p++) {
      for (int h = 0; h < spec.heads(); h++) {
        int head = h * spec.kvHeads() / spec.heads();
        double total = 0;
        int at = p * width() + h * headDim;
        for (int key = 0; key <= p; key++) {
          if (spec.window() > 0 && key <= p - spec.window()) {
            continue;
          }
          double score = 0;
          int from = key * kvWidth() + head * headDim;
          for (int d = 0; d < headDim; d++) {
            score += (double) q[at + d] * k[from + d];
          }
          score *= spec.scale();
          if (spec.softCap() > 0) {
            score = spec.softCap() * Math.tanh(score / spec.softCap());
          }
          double weight = Math.exp(score);
          total += weight;
          for (int d = 0; d < headDim; d++) {
            out[at + d] += weight * v[from + d];
          }
        }
        for (int d = 0; d < headDim; d++) {
          out[at + d] /= total;
        }
      }
    }
    return out;
  }

  private float[] cached(float[] exact) {
    return switch (type) {
      case F32 -> exact;
      case F16 -> scaled(exact, Short.MAX_VALUE);
      case INT8 -> scaled(exact, Byte.MAX_VALUE);
    };
  }

  /** Each head's values, rounded to whole multiples of the largest over {@code most}. */
  private float[] scaled(float[] exact, int most) {
    float[] rounded = new float[exact.length];
    for (int at = 0; at < exact.length; at += spec.headDim()) {
      float largest = 0;
      for (int d = at; d < at + spec.headDim(); d++) {
        largest = Math.max(largest, Math.abs(exact[d]));
      }
      float scale = largest / most;
      for (int d = at; d < at + spec.headDim(); d++) {
        rounded[d] = (float) Math.rint(exact[d] * (1 / scale)) * scale;
      }
    }
    return rounded;
  }

  /**
   * Outputs of every sequence, computed in steps that take the next {@code chunk} tokens of each
   * sequence.
   *
   * @param together whether a step takes all sequences at once, or one after the other
   */
  float[][] run(KernelsUnderTest test, int chunk, boolean together) {
    int perSequence = Math.ceilDiv(Arrays.stream(contexts).max().orElseThrow(), blockSize);
    int blocks = perSequence * contexts.length + 1;
    BatchLayout batch =
        new BatchLayout(Arrays.stream(contexts).sum(), contexts.length, perSequence);
    List<Integer> free = new ArrayList<>();
    for (int b = 0; b < blocks; b++) {
      free.add(b);
    }
    Collections.shuffle(free, new Random(blocks));
    KvShape shape = new KvShape(2, blocks, blockSize, spec.kvHeads(), spec.headDim(), type);
    float[][] out = new float[contexts.length][];
    Arrays.setAll(out, s -> new float[contexts[s] * width()]);
    try (KvStore cache = test.kernels().allocateKv(shape)) {
      poison(test, cache);
      int[] done = new int[contexts.length];
      boolean more = true;
      while (more) {
        more = false;
        if (together) {
          more = step(test, cache, batch, free, chunk, done, 0, contexts.length, out);
        } else {
          for (int s = 0; s < contexts.length; s++) {
            more |= step(test, cache, batch, free, chunk, done, s, s + 1, out);
          }
        }
      }
    }
    return out;
  }

  /** Takes a step of the sequences {@code from … to − 1}; false when they were finished. */
  private boolean step(
      KernelsUnderTest test,
      KvStore cache,
      BatchLayout batch,
      List<Integer> free,
      int chunk,
      int[] done,
      int from,
      int to,
      float[][] out) {
    int stride = width() + 2 * kvWidth() + 3;
    batch.tokens = 0;
    batch.sequences = to - from;
    for (int s = from; s < to; s++) {
      int rows = Math.min(chunk, contexts[s] - done[s]);
      addRows(batch, s - from, s, done[s], rows, free);
      done[s] += rows;
    }
    if (batch.tokens == 0) {
      return false;
    }
    float[] qkv = new float[batch.tokens * stride];
    Arrays.fill(qkv, KernelsUnderTest.GUARD);
    for (int row = 0; row < batch.tokens; row++) {
      int s = from + batch.sequenceOf[row];
      int p = batch.positions[row];
      int at = row * stride;
      System.arraycopy(queries[s], p * width(), qkv, at, width());
      System.arraycopy(keys[s], p * kvWidth(), qkv, at + width(), kvWidth());
      System.arraycopy(values[s], p * kvWidth(), qkv, at + width() + kvWidth(), kvWidth());
    }
    Buffer input = test.buffer(qkv);
    Buffer result = test.guarded((batch.tokens + 1) * width());
    test.kernels().storeKv(input, stride, width(), width() + kvWidth(), batch, cache, LAYER);
    test.kernels().attention(spec, input, stride, batch, cache, LAYER, result);
    float[] rows = test.read(result);
    for (int row = 0; row < batch.tokens; row++) {
      int s = from + batch.sequenceOf[row];
      System.arraycopy(rows, row * width(), out[s], batch.positions[row] * width(), width());
    }
    for (int i = batch.tokens * width(); i < rows.length; i++) {
      if (rows[i] != KernelsUnderTest.GUARD) {
        throw new AssertionError("wrote past the last row, at " + i);
      }
    }
    return true;
  }

  private void addRows(
      BatchLayout batch, int index, int sequence, int position, int rows, List<Integer> free) {
    for (int b = 0; b < batch.maxBlocks; b++) {
      batch.blockTable[index * batch.maxBlocks + b] = free.get(sequence * batch.maxBlocks + b);
    }
    batch.queryStart[index] = batch.tokens;
    for (int p = position; p < position + rows; p++) {
      int row = batch.tokens++;
      batch.positions[row] = p;
      batch.sequenceOf[row] = index;
      int block = batch.blockTable[index * batch.maxBlocks + p / blockSize];
      batch.slots[row] = block * blockSize + p % blockSize;
    }
    batch.contextLength[index] = position + rows;
    batch.queryStart[index + 1] = batch.tokens;
  }

  /** Fills every slot of both layers with NaN. */
  private void poison(KernelsUnderTest test, KvStore cache) {
    int slots = cache.shape().blocks() * blockSize;
    BatchLayout all = new BatchLayout(slots, 1, 1);
    all.tokens = slots;
    Arrays.setAll(all.slots, i -> i);
    float[] nan = new float[slots * 2 * kvWidth()];
    Arrays.fill(nan, Float.NaN);
    for (int layer = 0; layer < 2; layer++) {
      test.kernels().storeKv(test.buffer(nan), 2 * kvWidth(), 0, kvWidth(), all, cache, layer);
    }
  }
}
