package dev.whit.kernel.cpu;

import dev.whit.kernel.Activation;
import dev.whit.kernel.AttentionSpec;
import dev.whit.kernel.BatchLayout;
import dev.whit.kernel.Buffer;
import dev.whit.kernel.DenseSpec;
import dev.whit.kernel.DenseWeights;
import dev.whit.kernel.Int8Weights;
import dev.whit.kernel.Kernels;
import dev.whit.kernel.KvShape;
import dev.whit.kernel.KvStore;
import dev.whit.kernel.Weights;

/**
 * What kernels on the CPU share: memory is heap arrays, and every argument is checked here, once,
 * before the arrays are handed to the implementation. The implementations may trust what they get.
 */
abstract sealed class HostKernels implements Kernels permits ScalarKernels, VectorKernels {
  @Override
  public final Buffer allocate(int length) {
    return new HostBuffer(length);
  }

  @Override
  public final KvStore allocateKv(KvShape shape) {
    return new HostKvStore(shape);
  }

  @Override
  public final Int8Weights quantize(DenseSpec spec) {
    return Int8Rows.quantize(spec);
  }

  @Override
  public final void embed(DenseWeights table, BatchLayout batch, float scale, Buffer out) {
    Arguments.inRange("tokens", batch.tokens, 0, batch.tokenIds.length);
    float[] target = values("out", out, (long) batch.tokens * table.inputs());
    for (int t = 0; t < batch.tokens; t++) {
      Arguments.inRange("token id", batch.tokenIds[t], 0, table.outputs() - 1L);
    }
    embed(table, batch.tokenIds, batch.tokens, scale, target);
  }

  @Override
  public final void addPositions(DenseWeights table, BatchLayout batch, int offset, Buffer x) {
    Arguments.inRange("tokens", batch.tokens, 0, batch.positions.length);
    float[] target = values("x", x, (long) batch.tokens * table.inputs());
    for (int t = 0; t < batch.tokens; t++) {
      Arguments.inRange(
          "position's row", (long) batch.positions[t] + offset, 0, table.outputs() - 1L);
    }
    addPositions(table, batch.positions, offset, batch.tokens, target);
  }

  @Override
  public final void rmsNorm(
      Buffer x, Buffer weight, float epsilon, int rows, int width, Buffer out) {
    requireRows(rows, width);
    rmsNorm(
        values("x", x, (long) rows * width),
        values("weight", weight, width),
        epsilon,
        rows,
        width,
        0,
        1,
        width,
        values("out", out, (long) rows * width));
  }

  @Override
  public final void rmsNormHeads(
      Buffer x,
      Buffer weight,
      float epsilon,
      int rows,
      int stride,
      int offset,
      int heads,
      int headDim) {
    requireRows(rows, stride);
    requireHeads("heads", heads, headDim, offset, stride);
    float[] target = values("x", x, lengthOf(rows, stride, offset + (long) heads * headDim));
    rmsNorm(
        target,
        values("weight", weight, headDim),
        epsilon,
        rows,
        stride,
        offset,
        heads,
        headDim,
        target);
  }

  @Override
  public final void layerNorm(
      Buffer x, Buffer weight, Buffer bias, float epsilon, int rows, int width, Buffer out) {
    requireRows(rows, width);
    layerNorm(
        values("x", x, (long) rows * width),
        values("weight", weight, width),
        values("bias", bias, width),
        epsilon,
        rows,
        width,
        values("out", out, (long) rows * width));
  }

  @Override
  public final void linear(
      Weights weights, Buffer x, int rows, Buffer y, int yOffset, int yStride) {
    requireRows(rows, yStride);
    Arguments.inRange("yOffset", yOffset, 0, (long) yStride - weights.outputs());
    Arguments.distinct("y", y, "x", x);
    float[] input = values("x", x, (long) rows * weights.inputs());
    float[] output = values("y", y, lengthOf(rows, yStride, (long) yOffset + weights.outputs()));
    if (rows > 0) {
      linear(weights, input, rows, output, yOffset, yStride);
    }
  }

  @Override
  public final void rope(
      Buffer x,
      int rows,
      int stride,
      int heads,
      int headDim,
      int rotaryDim,
      Buffer cos,
      Buffer sin) {
    requireRows(rows, stride);
    requireHeads("heads", heads, headDim, 0, stride);
    Arguments.inRange("rotaryDim", rotaryDim, 0, headDim);
    Arguments.equal("rotaryDim modulo 2", rotaryDim & 1, "what pairs of halves need", 0);
    long angles = (long) rows * (rotaryDim / 2);
    rope(
        values("x", x, lengthOf(rows, stride, (long) heads * headDim)),
        rows,
        stride,
        heads,
        headDim,
        rotaryDim,
        values("cos", cos, angles),
        values("sin", sin, angles));
  }

  @Override
  public final void storeKv(
      Buffer qkv,
      int stride,
      int keyOffset,
      int valueOffset,
      BatchLayout batch,
      KvStore cache,
      int layer) {
    HostKvStore store = store(cache, layer);
    KvShape shape = cache.shape();
    Arguments.inRange("tokens", batch.tokens, 0, batch.slots.length);
    requireRows(batch.tokens, stride);
    requireHeads("keys", shape.kvHeads(), shape.headDim(), keyOffset, stride);
    requireHeads("values", shape.kvHeads(), shape.headDim(), valueOffset, stride);
    long end = Math.max(keyOffset, valueOffset) + (long) shape.kvHeads() * shape.headDim();
    float[] source = values("qkv", qkv, lengthOf(batch.tokens, stride, end));
    long slots = (long) shape.blocks() * shape.blockSize();
    for (int t = 0; t < batch.tokens; t++) {
      Arguments.inRange("slot", batch.slots[t], 0, slots - 1);
    }
    storeKv(source, stride, keyOffset, valueOffset, batch, store, layer);
  }

  @Override
  public final void attention(
      AttentionSpec spec,
      Buffer qkv,
      int stride,
      BatchLayout batch,
      KvStore cache,
      int layer,
      Buffer out) {
    HostKvStore store = store(cache, layer);
    Arguments.equal("kvHeads", spec.kvHeads(), "kvHeads of the cache", cache.shape().kvHeads());
    Arguments.equal("headDim", spec.headDim(), "headDim of the cache", cache.shape().headDim());
    Arguments.equal("heads modulo kvHeads", spec.heads() % spec.kvHeads(), "a whole group", 0);
    Arguments.inRange("window", spec.window(), 0, Integer.MAX_VALUE);
    requireSequences(batch, spec.window(), cache.shape());
    requireRows(batch.tokens, stride);
    requireHeads("queries", spec.heads(), spec.headDim(), 0, stride);
    Arguments.distinct("out", out, "qkv", qkv);
    long width = (long) spec.heads() * spec.headDim();
    attention(
        spec,
        values("qkv", qkv, lengthOf(batch.tokens, stride, width)),
        stride,
        batch,
        store,
        layer,
        values("out", out, batch.tokens * width));
  }

  @Override
  public final void gatedActivation(Activation f, Buffer gateUp, int rows, int width, Buffer out) {
    requireRows(rows, width);
    Arguments.distinct("out", out, "gateUp", gateUp);
    gatedActivation(
        f,
        values("gateUp", gateUp, 2L * rows * width),
        rows,
        width,
        values("out", out, (long) rows * width));
  }

  @Override
  public final void activation(Activation f, Buffer x, int rows, int width) {
    requireRows(rows, width);
    activation(f, values("x", x, (long) rows * width), rows, width);
  }

  @Override
  public final void softCap(Buffer x, float cap, int rows, int width) {
    requireRows(rows, width);
    if (!(cap > 0)) {
      throw new IllegalArgumentException("cap is " + cap + ", must be above 0");
    }
    softCap(values("x", x, (long) rows * width), cap, rows, width);
  }

  @Override
  public final void add(Buffer x, Buffer y, int length) {
    Arguments.inRange("length", length, 0, Integer.MAX_VALUE);
    add(values("x", x, length), values("y", y, length), length);
  }

  @Override
  public final void gatherRows(Buffer x, int width, int[] rowIndex, int count, Buffer out) {
    requireRows(count, width);
    Arguments.inRange("count", count, 0, rowIndex.length);
    Arguments.distinct("out", out, "x", x);
    float[] source = values("x", x, 0);
    for (int i = 0; i < count; i++) {
      Arguments.inRange("row index", rowIndex[i], 0, source.length / width - 1L);
    }
    float[] target = values("out", out, (long) count * width);
    for (int i = 0; i < count; i++) {
      System.arraycopy(source, rowIndex[i] * width, target, i * width, width);
    }
  }

  abstract void embed(DenseWeights table, int[] ids, int count, float scale, float[] out);

  abstract void addPositions(DenseWeights table, int[] positions, int offset, int count, float[] x);

  /** Normalises {@code heads} runs of {@code width} values from {@code offset} of each row. */
  abstract void rmsNorm(
      float[] x,
      float[] weight,
      float epsilon,
      int rows,
      int stride,
      int offset,
      int heads,
      int width,
      float[] out);

  abstract void layerNorm(
      float[] x, float[] weight, float[] bias, float epsilon, int rows, int width, float[] out);

  abstract void activation(Activation f, float[] x, int rows, int width);

  abstract void softCap(float[] x, float cap, int rows, int width);

  abstract void linear(Weights weights, float[] x, int rows, float[] y, int yOffset, int yStride);

  abstract void rope(
      float[] x,
      int rows,
      int stride,
      int heads,
      int headDim,
      int rotaryDim,
      float[] cos,
      float[] sin);

  abstract void storeKv(
      float[] qkv,
      int stride,
      int keyOffset,
      int valueOffset,
      BatchLayout batch,
      HostKvStore cache,
      int layer);

  abstract void attention(
      AttentionSpec spec,
      float[] qkv,
      int stride,
      BatchLayout batch,
      HostKvStore cache,
      int layer,
      float[] out);

  abstract void gatedActivation(Activation f, float[] gateUp, int rows, int width, float[] out);

  abstract void add(float[] x, float[] y, int length);

  /** Values needed for {@code rows} rows of which the last ends after {@code last} values. */
  private static long lengthOf(int rows, int stride, long last) {
    return rows == 0 ? 0 : (rows - 1L) * stride + last;
  }

  private static void requireRows(int rows, int width) {
    Arguments.inRange("rows", rows, 0, Integer.MAX_VALUE);
    Arguments.inRange("row width", width, 1, Integer.MAX_VALUE);
  }

  private static void requireHeads(String what, int heads, int headDim, int offset, int stride) {
    Arguments.inRange(what, heads, 1, Integer.MAX_VALUE);
    Arguments.inRange("headDim", headDim, 1, Integer.MAX_VALUE);
    Arguments.inRange(what, offset, 0, stride - (long) heads * headDim);
  }

  /** Requires rows and blocks of every sequence to be where {@link BatchLayout} says. */
  private static void requireSequences(BatchLayout batch, int window, KvShape cache) {
    Arguments.inRange("sequences", batch.sequences, 0, batch.contextLength.length);
    Arguments.inRange("tokens", batch.tokens, 0, batch.positions.length);
    Arguments.equal("first query row", batch.queryStart[0], "what it must be", 0);
    for (int s = 0; s < batch.sequences; s++) {
      int start = batch.queryStart[s];
      int rows = batch.queryStart[s + 1] - start;
      int context = batch.contextLength[s];
      Arguments.inRange("query rows of a sequence", rows, 0, batch.tokens - (long) start);
      Arguments.inRange(
          "context length", context, rows, (long) batch.maxBlocks * cache.blockSize());
      for (int i = 0; i < rows; i++) {
        Arguments.equal(
            "position", batch.positions[start + i], "place in its context", context - rows + i);
      }
      // Blocks that no query of this step can see any more may have been given away.
      int firstKey = window == 0 ? 0 : Math.max(0, context - rows - window + 1);
      for (int b = firstKey / cache.blockSize(); b * (long) cache.blockSize() < context; b++) {
        Arguments.inRange(
            "block id", batch.blockTable[s * batch.maxBlocks + b], 0, cache.blocks() - 1L);
      }
    }
    Arguments.equal("last query row", batch.queryStart[batch.sequences], "tokens", batch.tokens);
  }

  private static float[] values(String what, Buffer buffer, long needed) {
    if (!(buffer instanceof HostBuffer host)) {
      throw new IllegalArgumentException(what + " is a buffer of another device");
    }
    if (host.length() < needed) {
      throw new IllegalArgumentException(
          what + " has " + host.length() + " values, needs " + needed);
    }
    return host.values();
  }

  /** The complaint about weights that other kernels laid out. */
  static IllegalArgumentException foreign() {
    return new IllegalArgumentException("weights prepared for another device");
  }

  static Int8Rows rows(Int8Weights weights) {
    if (weights instanceof Int8Rows rows) {
      return rows;
    }
    throw foreign();
  }

  private static HostKvStore store(KvStore cache, int layer) {
    if (!(cache instanceof HostKvStore host)) {
      throw new IllegalArgumentException("a cache of another device");
    }
    if (host.isClosed()) {
      throw new IllegalArgumentException("the cache is closed");
    }
    Arguments.inRange("layer", layer, 0, cache.shape().layers() - 1L);
    return host;
  }
}
