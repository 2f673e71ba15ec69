package dev.whit.kernel.cpu;

import dev.whit.kernel.DenseSpec;
import dev.whit.kernel.SalientColumns;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Adds the products of salient columns to a factorised layer's outputs: their inputs are gathered,
 * and multiplied as those of a small dense layer.
 */
final class SalientProduct {
  private final DenseProduct dense;
  private float[] gathered = {};
  private float[] products = {};

  SalientProduct(DenseProduct dense) {
    this.dense = dense;
  }

  /** Columns laid out for it; their memory is native and goes with the layer. */
  record Columns(int outOffset, int[] index, MappedDense weights, long bytes) {
    static Columns of(SalientColumns spec) {
      MemorySegment stored = spec.weights().data();
      MemorySegment copy = Arena.ofAuto().allocate(stored.byteSize(), Long.BYTES).copyFrom(stored);
      DenseSpec.Block block =
          new DenseSpec.Block(spec.outputs(), spec.weights().type(), copy.asReadOnly());
      return new Columns(
          spec.outOffset(),
          spec.index().clone(),
          new MappedDense(new DenseSpec(spec.index().length, List.of(block), null)),
          stored.byteSize());
    }
  }

  /**
   * Adds a layer's salient columns.
   *
   * @param x [rows, inputs]
   * @param y rows of {@code yStride} values; the layer's outputs begin at {@code yOffset}
   */
  void add(PackedFactors w, float[] x, int rows, float[] y, int yOffset, int yStride) {
    for (Columns columns : w.salient()) {
      int[] index = columns.index();
      int outputs = columns.weights().outputs();
      gathered = grown(gathered, Math.multiplyExact(rows, index.length));
      products = grown(products, Math.multiplyExact(rows, outputs));
      for (int row = 0; row < rows; row++) {
        for (int j = 0; j < index.length; j++) {
          gathered[row * index.length + j] = x[row * w.inputs() + index[j]];
        }
      }
      dense.apply(columns.weights(), gathered, rows, products, 0, outputs);
      for (int row = 0; row < rows; row++) {
        int at = row * yStride + yOffset + columns.outOffset();
        for (int o = 0; o < outputs; o++) {
          y[at + o] += products[row * outputs + o];
        }
      }
    }
  }

  private static float[] grown(float[] array, int length) {
    return array.length < length ? new float[length] : array;
  }
}
