package dev.whit.model.loading;

import dev.whit.checkpoint.Tensor;
import dev.whit.checkpoint.TensorData;
import dev.whit.kernel.DenseSpec;
import dev.whit.kernel.FloatType;
import dev.whit.kernel.SalientColumns;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Reads salient columns; those in bytes become f32. */
final class SalientReader {
  private SalientReader() {}

  /** The columns of a layer whose outputs begin at {@code outOffset}. */
  static SalientColumns read(
      LinearTensors.Salient salient, int inputs, int outOffset, RowOrder rows) {
    return new SalientColumns(
        outOffset,
        index(salient.index(), inputs),
        salient.scale().isPresent()
            ? scaled(salient.weight(), WeightReader.finite(salient.scale().get()), rows)
            : floats(salient.weight(), rows));
  }

  /** Input columns, each at most once. */
  private static int[] index(Tensor tensor, int inputs) {
    long[] columns = TensorData.longs(tensor);
    long[] sorted = columns.clone();
    Arrays.sort(sorted);
    for (int i = 0; i < sorted.length; i++) {
      if (sorted[i] < 0 || sorted[i] >= inputs) {
        throw TensorTable.invalid(
            tensor, "names column %d of %d inputs".formatted(sorted[i], inputs));
      }
      if (i > 0 && sorted[i] == sorted[i - 1]) {
        throw TensorTable.invalid(tensor, "names column " + sorted[i] + " twice");
      }
    }
    return Arrays.stream(columns).mapToInt(Math::toIntExact).toArray();
  }

  private static DenseSpec.Block floats(Tensor weight, RowOrder rows) {
    WeightReader.finite(weight);
    return WeightReader.block(weight, rows);
  }

  private static DenseSpec.Block scaled(Tensor weight, float[] scale, RowOrder rows) {
    float[] values = TensorData.floats(weight);
    for (int i = 0; i < values.length; i++) {
      values[i] *= scale[i % scale.length];
      WeightReader.requireFinite(weight, i, values[i]);
    }
    int count = (int) weight.shape()[0];
    return new DenseSpec.Block(
        count, FloatType.F32, rows.apply(MemorySegment.ofArray(values), count));
  }
}
