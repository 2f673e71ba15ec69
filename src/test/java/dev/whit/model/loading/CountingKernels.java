package dev.whit.model.loading;

import dev.whit.kernel.Activation;
import dev.whit.kernel.AttentionSpec;
import dev.whit.kernel.BatchLayout;
import dev.whit.kernel.BinaryFactorSpec;
import dev.whit.kernel.BinaryFactorWeights;
import dev.whit.kernel.Buffer;
import dev.whit.kernel.DenseSpec;
import dev.whit.kernel.DenseWeights;
import dev.whit.kernel.Int8Weights;
import dev.whit.kernel.Kernels;
import dev.whit.kernel.KvShape;
import dev.whit.kernel.KvStore;
import dev.whit.kernel.Weights;

/** Kernels that compute nothing and count what of theirs is open. */
final class CountingKernels implements Kernels {
  private int made;
  private int closed;

  /** What has been allocated or prepared. */
  int made() {
    return made;
  }

  /** What of it is not closed. */
  int open() {
    return made - closed;
  }

  private class Counted implements AutoCloseable {
    private boolean isClosed;

    Counted() {
      made++;
    }

    @Override
    public void close() {
      if (isClosed) {
        throw new AssertionError("closed twice");
      }
      isClosed = true;
      closed++;
    }
  }

  private final class CountedBuffer extends Counted implements Buffer {
    private final int length;

    CountedBuffer(int length) {
      this.length = length;
    }

    @Override
    public int length() {
      return length;
    }

    @Override
    public void write(float[] source, int sourceOffset, int offset, int length) {}

    @Override
    public void read(int offset, float[] target, int targetOffset, int length) {}
  }

  private final class CountedFactors extends Counted implements BinaryFactorWeights {
    private final BinaryFactorSpec spec;

    CountedFactors(BinaryFactorSpec spec) {
      this.spec = spec;
    }

    @Override
    public int inputs() {
      return spec.inputs();
    }

    @Override
    public int outputs() {
      return spec.outputs();
    }

    @Override
    public long residentBytes() {
      return 1;
    }
  }

  private final class CountedInt8 extends Counted implements Int8Weights {
    private final DenseSpec spec;

    CountedInt8(DenseSpec spec) {
      this.spec = spec;
    }

    @Override
    public int inputs() {
      return spec.inputs();
    }

    @Override
    public int outputs() {
      return spec.outputs();
    }

    @Override
    public long residentBytes() {
      return 1;
    }
  }

  private final class CountedDense extends Counted implements DenseWeights {
    private final DenseSpec spec;

    CountedDense(DenseSpec spec) {
      this.spec = spec;
    }

    @Override
    public int inputs() {
      return spec.inputs();
    }

    @Override
    public int outputs() {
      return spec.outputs();
    }

    @Override
    public long residentBytes() {
      return 0;
    }
  }

  @Override
  public String description() {
    return "counting";
  }

  @Override
  public Buffer allocate(int length) {
    return new CountedBuffer(length);
  }

  @Override
  public BinaryFactorWeights prepare(BinaryFactorSpec spec) {
    return new CountedFactors(spec);
  }

  @Override
  public Int8Weights quantize(DenseSpec spec) {
    return new CountedInt8(spec);
  }

  @Override
  public DenseWeights prepare(DenseSpec spec) {
    return new CountedDense(spec);
  }

  @Override
  public KvStore allocateKv(KvShape shape) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void embed(DenseWeights table, BatchLayout batch, float scale, Buffer out) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void rmsNorm(Buffer x, Buffer weight, float epsilon, int rows, int width, Buffer out) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void rmsNormHeads(
      Buffer x,
      Buffer weight,
      float epsilon,
      int rows,
      int stride,
      int offset,
      int heads,
      int headDim) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void layerNorm(
      Buffer x, Buffer weight, Buffer bias, float epsilon, int rows, int width, Buffer out) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void addPositions(DenseWeights table, BatchLayout batch, int offset, Buffer x) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void activation(Activation f, Buffer x, int rows, int width) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void softCap(Buffer x, float cap, int rows, int width) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void linear(Weights weights, Buffer x, int rows, Buffer y, int yOffset, int yStride) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void rope(
      Buffer x,
      int rows,
      int stride,
      int heads,
      int headDim,
      int rotaryDim,
      Buffer cos,
      Buffer sin) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void storeKv(
      Buffer qkv,
      int stride,
      int keyOffset,
      int valueOffset,
      BatchLayout batch,
      KvStore cache,
      int layer) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void attention(
      AttentionSpec spec,
      Buffer qkv,
      int stride,
      BatchLayout batch,
      KvStore cache,
      int layer,
      Buffer out) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void gatedActivation(Activation f, Buffer gateUp, int rows, int width, Buffer out) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void add(Buffer x, Buffer y, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void gatherRows(Buffer x, int width, int[] rowIndex, int count, Buffer out) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
