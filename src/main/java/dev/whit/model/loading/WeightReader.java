package dev.whit.model.loading;

import dev.whit.checkpoint.BlockQuantization;
import dev.whit.checkpoint.LittleEndian;
import dev.whit.checkpoint.Tensor;
import dev.whit.checkpoint.TensorData;
import dev.whit.kernel.BinaryFactorPath;
import dev.whit.kernel.BinaryFactorSpec;
import dev.whit.kernel.BitMatrix;
import dev.whit.kernel.DenseSpec;
import dev.whit.kernel.FloatType;
import dev.whit.kernel.SalientColumns;
import dev.whit.model.loading.LinearTensors.SignTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns checked tensors into what kernels lay out: reads the values and checks those too. */
final class WeightReader {
  private WeightReader() {}

  /** Factorised layers over one input, their outputs stacked in order. */
  static BinaryFactorSpec factored(List<LinearTensors.Factored> layers) {
    List<BinaryFactorPath> paths = new ArrayList<>();
    List<SalientColumns> salient = new ArrayList<>();
    int outputs = 0;
    for (LinearTensors.Factored layer : layers) {
      for (LinearTensors.Path path : layer.paths()) {
        paths.add(path(path, outputs, layer.rows()));
      }
      if (layer.salient().isPresent()) {
        salient.add(
            SalientReader.read(layer.salient().get(), layer.inputs(), outputs, layer.rows()));
      }
      outputs += layer.outputs();
    }
    return new BinaryFactorSpec(
        layers.getFirst().inputs(), outputs, paths, salient, bias(layers, outputs));
  }

  /** Dense layers over one input, their outputs stacked in order. */
  static DenseSpec dense(List<LinearTensors.Dense> layers) {
    List<DenseSpec.Block> blocks =
        layers.stream().map(layer -> block(layer.weight(), layer.rows())).toList();
    int outputs = layers.stream().mapToInt(LinearTensors::outputs).sum();
    return new DenseSpec(layers.getFirst().inputs(), blocks, bias(layers, outputs));
  }

  /** A matrix without bias: an embedding or a head. */
  static DenseSpec matrix(Tensor weight) {
    return new DenseSpec((int) weight.shape()[1], List.of(block(weight, RowOrder.PLAIN)), null);
  }

  /** Bytes of a matrix that do not stay in the mapped file, because it is not used as stored. */
  static long copiedBytes(Tensor weight, RowOrder rows) {
    if (weight.dtype().isQuantized()) {
      return weight.elements() * Float.BYTES;
    }
    return rows.equals(RowOrder.PLAIN) ? 0 : weight.dtype().byteSize(weight.elements());
  }

  /** The values of a scale, bias or norm: finite, also once they are f32. */
  static float[] finite(Tensor tensor) {
    float[] values = TensorData.floats(tensor);
    for (int i = 0; i < values.length; i++) {
      requireFinite(tensor, i, values[i]);
    }
    return values;
  }

  /** A matrix in a type that kernels multiply with, its rows in the order of use. */
  static DenseSpec.Block block(Tensor weight, RowOrder rows) {
    int count = (int) weight.shape()[0];
    FloatType type =
        switch (weight.dtype()) {
          case F32, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K -> FloatType.F32;
          case F16 -> FloatType.F16;
          case BF16 -> FloatType.BF16;
          case BOOL, U8, I8, I16, U16, I32, U32, I64, U64, F64 ->
              throw new IllegalStateException(weight.name() + " is " + weight.describe());
        };
    MemorySegment stored =
        weight.dtype().isQuantized() ? widened(weight) : TensorData.contiguous(weight);
    return new DenseSpec.Block(count, type, rows.apply(stored, count));
  }

  /** A block-quantised matrix as f32, in native memory that goes when nobody uses it. */
  private static MemorySegment widened(Tensor weight) {
    int inputs = (int) weight.shape()[1];
    MemorySegment data = TensorData.contiguous(weight);
    MemorySegment floats = Arena.ofAuto().allocate(weight.elements() * Float.BYTES, Float.BYTES);
    float[] row = new float[inputs];
    for (long r = 0; r < weight.shape()[0]; r++) {
      BlockQuantization.widen(weight.dtype(), data, r * inputs, inputs, row);
      MemorySegment.copy(row, 0, floats, LittleEndian.FLOAT, r * inputs * Float.BYTES, inputs);
    }
    return floats.asReadOnly();
  }

  private static BinaryFactorPath path(LinearTensors.Path path, int outOffset, RowOrder rows) {
    return new BinaryFactorPath(
        outOffset,
        finite(path.pre()),
        signs(path.v(), RowOrder.PLAIN),
        product(path.mid()),
        signs(path.u(), rows),
        rows.apply(finite(path.post())));
  }

  /**
   * The product of the scales between the factors, rounded once, to f32; null when there is none.
   */
  private static float @Nullable [] product(List<Tensor> scales) {
    if (scales.isEmpty()) {
      return null;
    }
    float[] product = finite(scales.getFirst());
    for (Tensor scale : scales.subList(1, scales.size())) {
      float[] factor = finite(scale);
      for (int i = 0; i < product.length; i++) {
        product[i] = (float) ((double) product[i] * factor[i]);
        requireFinite(scale, i, product[i]);
      }
    }
    return product;
  }

  private static BitMatrix signs(SignTensor factor, RowOrder rows) {
    BitMatrix stored =
        switch (factor) {
          case SignTensor.Packed packed ->
              new BitMatrix(packed.rows(), packed.cols(), TensorData.contiguous(packed.tensor()));
          case SignTensor.Latent latent -> LatentSigns.pack(latent);
        };
    return new BitMatrix(stored.rows(), stored.cols(), rows.apply(stored.words(), stored.rows()));
  }

  private static float @Nullable [] bias(List<? extends LinearTensors> layers, int outputs) {
    if (layers.stream().allMatch(layer -> layer.bias().isEmpty())) {
      return null;
    }
    float[] stacked = new float[outputs];
    int offset = 0;
    for (LinearTensors layer : layers) {
      if (layer.bias().isPresent()) {
        float[] bias = layer.rows().apply(finite(layer.bias().get()));
        System.arraycopy(bias, 0, stacked, offset, bias.length);
      }
      offset += layer.outputs();
    }
    return stacked;
  }

  static void requireFinite(Tensor tensor, int index, float value) {
    if (!Float.isFinite(value)) {
      throw TensorTable.invalid(
          tensor, "element " + index + " is " + value + ": every value must be finite");
    }
  }
}
