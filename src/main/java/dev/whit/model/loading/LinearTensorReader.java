package dev.whit.model.loading;

import dev.whit.checkpoint.CheckpointException;
import dev.whit.checkpoint.DType;
import dev.whit.checkpoint.Tensor;
import dev.whit.checkpoint.TensorData;
import dev.whit.kernel.BitMatrix;
import dev.whit.model.loading.LinearTensors.SignTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the tensors of a linear layer, in whatever form it is stored, and checks their shapes. */
final class LinearTensorReader {
  private final TensorTable tensors;

  LinearTensorReader(TensorTable tensors) {
    this.tensors = tensors;
  }

  /** Whether a module has factors in some form. */
  boolean isFactored(String module) {
    return FactorFormat.ALL.stream()
        .anyMatch(format ->
            hasAny(module, format.factors(""))
                || hasAny(module, format.scales(""))
                || hasAny(module, format.salientNames()));
  }

  /**
   * The tensors of a module.
   *
   * @throws CheckpointException naming the tensor when one is missing, superfluous or misshapen
   */
  LinearTensors read(String module, Extent outputs, Extent inputs, RowOrder rows) {
    Optional<Tensor> bias =
        tensors.find(module + ".bias").map(b -> TensorTable.requireVector(b, outputs));
    if (isFactored(module)) {
      return factored(module, outputs, inputs, bias, rows);
    }
    Tensor weight =
        tensors.require(module + ".weight", "the layer has neither factors nor a dense weight");
    return new LinearTensors.Dense(module, requireDense(weight, outputs, inputs), bias, rows);
  }

  /** Fails unless a tensor is a matrix in a type that kernels multiply with. */
  static Tensor requireDense(Tensor weight, Extent outputs, Extent inputs) {
    DType type = weight.dtype();
    if (type == DType.F64 || !(type.isFloat() || type.isQuantized())) {
      throw TensorTable.invalid(weight, "is " + weight.describe() + ", expected F16, BF16 or F32");
    }
    return TensorTable.requireShape(weight, outputs, inputs);
  }

  private boolean hasAny(String module, Stream<String> names) {
    return names.anyMatch(name -> tensors.contains(module + "." + name));
  }

  /** The method whose scales a module has. */
  private Optional<FactorFormat> format(String module) {
    return FactorFormat.ALL.stream()
        .filter(format -> hasAny(module, format.scales("")))
        .findFirst();
  }

  private LinearTensors factored(
      String module, Extent outputs, Extent inputs, Optional<Tensor> bias, RowOrder rows) {
    FactorFormat format =
        format(module)
            .orElseThrow(() ->
                CheckpointException.tensor(
                    tensors.source(),
                    module,
                    "has ±1 factors but no scales: expected those of "
                        + FactorFormat.ALL.stream()
                            .map(f -> f.name() + " " + f.scales("").toList())
                            .toList()));
    List<LinearTensors.Path> paths = new ArrayList<>();
    for (String path : format.paths()) {
      boolean first = paths.isEmpty();
      // Any one tensor of a further path is enough to demand the rest of it.
      if (first || hasAny(module, Stream.concat(format.factors(path), format.scales(path)))) {
        paths.add(path(module, format, path, outputs, inputs));
      }
    }
    for (FactorFormat other : FactorFormat.ALL) {
      if (!other.equals(format) && hasAny(module, other.salientNames())) {
        throw CheckpointException.tensor(
            tensors.source(),
            module,
            "has salient columns beside factors of another form, " + format.name());
      }
    }
    return new LinearTensors.Factored(
        module,
        format.name(),
        List.copyOf(paths),
        hasAny(module, format.salientNames())
            ? Optional.of(salient(module + "." + format.salient(), outputs, inputs))
            : Optional.empty(),
        bias,
        rows);
  }

  private LinearTensors.Path path(
      String module, FactorFormat format, String path, Extent outputs, Extent inputs) {
    SignTensor v = signs(module + "." + format.v() + path, format.storage(), inputs.size());
    SignTensor u = signs(module + "." + format.u() + path, format.storage(), v.rows());
    if (u.cols() != v.rows()) {
      throw TensorTable.invalid(
          u.tensor(),
          "rank of U is " + u.cols() + ", rank of V is " + v.rows() + " in " + v.tensor().name());
    }
    requireExtent(u, "outputs", u.rows(), outputs);
    requireExtent(v, "inputs", v.cols(), inputs);
    Extent rank = new Extent(u.cols(), "rank");
    List<Tensor> mid = new ArrayList<>();
    for (String name : format.mid()) {
      scale(module, name + path, rank, format.midRequired()).ifPresent(mid::add);
    }
    return new LinearTensors.Path(
        scale(module, format.pre() + path, inputs, true).orElseThrow(),
        v,
        List.copyOf(mid),
        u,
        scale(module, format.post() + path, outputs, true).orElseThrow());
  }

  private static void requireExtent(SignTensor factor, String what, int actual, Extent expected) {
    if (actual != expected.size()) {
      throw TensorTable.invalid(
          factor.tensor(),
          "is %d x %d: has %d %s, expected %s"
              .formatted(factor.rows(), factor.cols(), actual, what, expected));
    }
  }

  private Optional<Tensor> scale(String module, String name, Extent length, boolean required) {
    String full = module + "." + name;
    Optional<Tensor> scale =
        required
            ? Optional.of(tensors.require(full, "the layer has factors without this scale"))
            : tensors.find(full);
    return scale.map(s -> TensorTable.requireVector(s, length));
  }

  /**
   * A factor.
   *
   * @param cols what it must have, where the words alone do not say
   */
  private SignTensor signs(String name, FactorFormat.Storage storage, int cols) {
    return switch (storage) {
      case WORDS -> words(tensors.require(name, "the layer has scales without this factor"), cols);
      case PACKED_OR_LATENT -> packedOrFloats(name, false);
      case PACKED_OR_UNIT -> packedOrFloats(name, true);
    };
  }

  private static SignTensor words(Tensor words, int cols) {
    long[] shape = words.shape();
    if (words.dtype() != DType.I32
        || shape.length != 2
        || shape[1] != BitMatrix.wordsPerRow(cols)) {
      throw TensorTable.invalid(
          words,
          "is %s, expected I32 [rows, %d] for signs of %d columns"
              .formatted(words.describe(), BitMatrix.wordsPerRow(cols), cols));
    }
    requireInt(words, shape);
    return new SignTensor.Packed(words, (int) shape[0], cols);
  }

  private SignTensor packedOrFloats(String name, boolean unitLatents) {
    String packedName = name + "_packed";
    String shapeName = name + "_shape";
    Optional<Tensor> packed = tensors.find(packedName);
    Optional<Tensor> shape = tensors.find(shapeName);
    if (packed.isPresent() && shape.isPresent()) {
      return packed(packed.get(), shape.get());
    }
    if (packed.isPresent()) {
      throw TensorTable.invalid(packed.get(), "packed words without " + shapeName);
    }
    if (shape.isPresent()) {
      throw TensorTable.invalid(shape.get(), "a shape without " + packedName);
    }
    Tensor latent = tensors.require(name, "the layer has scales without this factor");
    if (!latent.dtype().isFloat() || latent.shape().length != 2 || latent.elements() == 0) {
      throw TensorTable.invalid(
          latent, "is " + latent.describe() + ", expected a matrix of floating-point numbers");
    }
    requireInt(latent, latent.shape());
    return new SignTensor.Latent(latent, unitLatents);
  }

  private static SignTensor packed(Tensor words, Tensor shape) {
    if ((shape.dtype() != DType.I64 && shape.dtype() != DType.I32) || shape.elements() != 2) {
      throw TensorTable.invalid(
          shape, "is " + shape.describe() + ", expected I64 [2]: rows and columns");
    }
    long[] extents = TensorData.longs(shape);
    requireInt(shape, extents);
    int rows = (int) extents[0];
    int cols = (int) extents[1];
    long[] expected = {rows, BitMatrix.wordsPerRow(cols)};
    if (words.dtype() != DType.I32 || !Arrays.equals(words.shape(), expected)) {
      throw TensorTable.invalid(
          words,
          "is %s, expected I32 %s for signs of %d x %d in %s"
              .formatted(words.describe(), Arrays.toString(expected), rows, cols, shape.name()));
    }
    return new SignTensor.Packed(words, rows, cols);
  }

  private static void requireInt(Tensor tensor, long[] extents) {
    for (long extent : extents) {
      if (extent < 1 || extent > Integer.MAX_VALUE - 31) {
        throw TensorTable.invalid(
            tensor,
            "says "
                + Arrays.toString(extents)
                + ": extents must be from 1 to "
                + (Integer.MAX_VALUE - 31));
      }
    }
  }

  private LinearTensors.Salient salient(String prefix, Extent outputs, Extent inputs) {
    String why = "the layer has salient columns without it";
    Tensor index = tensors.require(prefix + "idx", why);
    if ((index.dtype() != DType.I32 && index.dtype() != DType.I64) || index.shape().length != 1) {
      throw TensorTable.invalid(
          index, "is " + index.describe() + ", expected a vector of I32: input columns");
    }
    if (index.elements() < 1 || index.elements() > inputs.size()) {
      throw TensorTable.invalid(
          index, "has %d columns of %s inputs".formatted(index.elements(), inputs));
    }
    Extent columns = new Extent((int) index.elements(), "length of " + index.name());
    Tensor weight = tensors.require(prefix + "weight", why);
    boolean bytes = weight.dtype() == DType.I8;
    if (!bytes && (!weight.dtype().isFloat() || weight.dtype() == DType.F64)) {
      throw TensorTable.invalid(
          weight, "is " + weight.describe() + ", expected F16, BF16, F32 or I8");
    }
    TensorTable.requireShape(weight, outputs, columns);
    Optional<Tensor> scale = tensors.find(prefix + "scale");
    if (bytes != scale.isPresent()) {
      throw TensorTable.invalid(
          weight,
          bytes
              ? "is I8 without " + prefix + "scale"
              : "is " + weight.dtype() + ": only I8 has a " + prefix + "scale");
    }
    scale.ifPresent(s -> TensorTable.requireVector(s, columns));
    return new LinearTensors.Salient(index, weight, scale);
  }
}
