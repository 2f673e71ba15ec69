package dev.whit.kernel.cpu;

import dev.whit.kernel.Activation;
import dev.whit.kernel.AttentionSpec;
import dev.whit.kernel.BatchLayout;
import dev.whit.kernel.BinaryFactorSpec;
import dev.whit.kernel.BinaryFactorWeights;
import dev.whit.kernel.DenseSpec;
import dev.whit.kernel.DenseWeights;
import dev.whit.kernel.Int8Weights;
import dev.whit.kernel.Weights;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Every operation with the Vector API and a team of threads; one class each, of which this is the
 * front. Sums have an order fixed by the shape and the width of the machine's vectors alone, so
 * results do not depend on threads, batches or chunks, nor on whether the code is compiled yet.
 */
public final class VectorKernels extends HostKernels {
  private static final VectorSpecies<Float> FLOAT = Species.FLOAT;

  private final WorkerTeam team;
  private final SignMemory signMemory = new SignMemory();
  private final BinaryFactorProduct binaryProduct;
  private final DenseProduct denseProduct;
  private final Int8Product int8Product;
  private final SalientProduct salientProduct;
  private final VectorRmsNorm rmsNorm;
  private final VectorLayerNorm layerNorm;
  private final VectorRope rope;
  private final KvWriter kvWriter;
  private final VectorAttention attention;
  private final VectorActivation activation;
  private final VectorSoftCap softCap;
  private short[] halves = {};
  private float[] position = {};

  /**
   * Starts a team.
   *
   * @param threads its size, the caller of the operations included; at least 1
   */
  public VectorKernels(int threads) {
    team = new WorkerTeam(threads);
    binaryProduct = new BinaryFactorProduct(team);
    denseProduct = new DenseProduct(team);
    int8Product = new Int8Product(team);
    salientProduct = new SalientProduct(denseProduct);
    rmsNorm = new VectorRmsNorm(team);
    layerNorm = new VectorLayerNorm(team);
    rope = new VectorRope(team);
    kvWriter = new KvWriter(team);
    attention = new VectorAttention(team);
    activation = new VectorActivation(team);
    softCap = new VectorSoftCap(team);
  }

  @Override
  public String description() {
    String threads = team.threads() == 1 ? "1 thread" : team.threads() + " threads";
    return "vector (" + Species.BITS + " bit, " + threads + ")";
  }

  @Override
  public BinaryFactorWeights prepare(BinaryFactorSpec spec) {
    return PackedFactors.of(spec, signMemory, team);
  }

  @Override
  public DenseWeights prepare(DenseSpec spec) {
    return new MappedDense(spec);
  }

  @Override
  void embed(DenseWeights table, int[] ids, int count, float scale, float[] out) {
    MappedDense dense = dense(table);
    int width = dense.inputs();
    requireHalves(width);
    for (int t = 0; t < count; t++) {
      dense.read(ids[t], 0, width, halves, out, t * width);
    }
    if (scale != 1) {
      scale(out, scale, count * width);
    }
  }

  private void requireHalves(int width) {
    if (halves.length < width) {
      halves = new short[width];
    }
  }

  private static void scale(float[] x, float scale, int length) {
    int i = 0;
    for (; i <= length - FLOAT.length(); i += FLOAT.length()) {
      FloatVector.fromArray(FLOAT, x, i).mul(scale).intoArray(x, i);
    }
    for (; i < length; i++) {
      x[i] *= scale;
    }
  }

  @Override
  void addPositions(DenseWeights table, int[] positions, int offset, int count, float[] x) {
    MappedDense dense = dense(table);
    int width = dense.inputs();
    requireHalves(width);
    if (position.length < width) {
      position = new float[width];
    }
    for (int t = 0; t < count; t++) {
      dense.read(positions[t] + offset, 0, width, halves, position, 0);
      add(x, t * width, position, width);
    }
  }

  @Override
  void rmsNorm(
      float[] x,
      float[] weight,
      float epsilon,
      int rows,
      int stride,
      int offset,
      int heads,
      int width,
      float[] out) {
    rmsNorm.apply(x, weight, epsilon, rows, stride, offset, heads, width, out);
  }

  @Override
  void layerNorm(
      float[] x, float[] weight, float[] bias, float epsilon, int rows, int width, float[] out) {
    layerNorm.apply(x, weight, bias, epsilon, rows, width, out);
  }

  @Override
  void linear(Weights weights, float[] x, int rows, float[] y, int yOffset, int yStride) {
    switch (weights) {
      case BinaryFactorWeights binary -> {
        binaryProduct.apply(packed(binary), x, rows, y, yOffset, yStride);
        salientProduct.add(packed(binary), x, rows, y, yOffset, yStride);
      }
      case DenseWeights dense -> denseProduct.apply(dense(dense), x, rows, y, yOffset, yStride);
      case Int8Weights int8 -> int8Product.apply(rows(int8), x, rows, y, yOffset, yStride);
    }
  }

  @Override
  void rope(
      float[] x,
      int rows,
      int stride,
      int heads,
      int headDim,
      int rotaryDim,
      float[] cos,
      float[] sin) {
    rope.apply(x, rows, stride, heads, headDim, rotaryDim, cos, sin);
  }

  @Override
  void storeKv(
      float[] qkv,
      int stride,
      int keyOffset,
      int valueOffset,
      BatchLayout batch,
      HostKvStore cache,
      int layer) {
    kvWriter.apply(qkv, stride, keyOffset, valueOffset, batch.tokens, batch.slots, cache, layer);
  }

  @Override
  void attention(
      AttentionSpec spec,
      float[] qkv,
      int stride,
      BatchLayout batch,
      HostKvStore cache,
      int layer,
      float[] out) {
    attention.apply(spec, qkv, stride, batch, cache, layer, out);
  }

  @Override
  void gatedActivation(Activation f, float[] gateUp, int rows, int width, float[] out) {
    activation.apply(f, gateUp, rows, width, out);
  }

  @Override
  void activation(Activation f, float[] x, int rows, int width) {
    activation.apply(f, x, rows, width);
  }

  @Override
  void softCap(float[] x, float cap, int rows, int width) {
    softCap.apply(x, cap, rows, width);
  }

  @Override
  void add(float[] x, float[] y, int length) {
    add(x, 0, y, length);
  }

  private static void add(float[] x, int at, float[] y, int length) {
    int i = 0;
    for (; i <= length - FLOAT.length(); i += FLOAT.length()) {
      FloatVector.fromArray(FLOAT, x, at + i)
          .add(FloatVector.fromArray(FLOAT, y, i))
          .intoArray(x, at + i);
    }
    for (; i < length; i++) {
      x[at + i] += y[i];
    }
  }

  private static PackedFactors packed(BinaryFactorWeights weights) {
    if (weights instanceof PackedFactors packed) {
      return packed;
    }
    throw foreign();
  }

  private static MappedDense dense(DenseWeights weights) {
    if (weights instanceof MappedDense dense) {
      return dense;
    }
    throw foreign();
  }

  @Override
  public void close() {
    team.close();
  }
}
