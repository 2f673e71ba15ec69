package dev.whit.kernel.cpu;

import dev.whit.kernel.BinaryFactorPath;
import dev.whit.kernel.BinaryFactorSpec;
import dev.whit.kernel.BinaryFactorWeights;
import dev.whit.kernel.BitMatrix;
import dev.whit.kernel.DenseSpec;
import dev.whit.kernel.SalientColumns;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Factorised weights in the checkpoint's packing, copied to the heap. */
record ScalarBinaryFactors(BinaryFactorSpec spec) implements BinaryFactorWeights {
  /** Copies what lies in mapped memory, which may go away. */
  static ScalarBinaryFactors copyOf(BinaryFactorSpec spec) {
    return new ScalarBinaryFactors(
        new BinaryFactorSpec(
            spec.inputs(),
            spec.outputs(),
            spec.paths().stream().map(ScalarBinaryFactors::copy).toList(),
            spec.salient().stream().map(ScalarBinaryFactors::copy).toList(),
            spec.bias()));
  }

  private static BinaryFactorPath copy(BinaryFactorPath path) {
    return new BinaryFactorPath(
        path.outOffset(), path.pre(), copy(path.v()), path.mid(), copy(path.u()), path.post());
  }

  private static SalientColumns copy(SalientColumns columns) {
    DenseSpec.Block weights = columns.weights();
    return new SalientColumns(
        columns.outOffset(),
        columns.index(),
        new DenseSpec.Block(weights.rows(), weights.type(), copy(weights.data())));
  }

  private static BitMatrix copy(BitMatrix matrix) {
    return new BitMatrix(matrix.rows(), matrix.cols(), copy(matrix.words()));
  }

  private static MemorySegment copy(MemorySegment data) {
    return MemorySegment.ofArray(data.toArray(ValueLayout.JAVA_BYTE));
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
    long bytes = spec.bias() == null ? 0 : 4L * spec.bias().length;
    for (BinaryFactorPath path : spec.paths()) {
      bytes += path.v().words().byteSize() + path.u().words().byteSize();
      bytes += 4L * (path.inputs() + path.outputs());
      bytes += path.mid() == null ? 0 : 4L * path.rank();
    }
    for (SalientColumns columns : spec.salient()) {
      bytes += columns.weights().data().byteSize();
    }
    return bytes;
  }

  @Override
  public void close() {}
}
