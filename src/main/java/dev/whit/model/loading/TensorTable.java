package dev.whit.model.loading;

import dev.whit.checkpoint.Checkpoint;
import dev.whit.checkpoint.CheckpointException;
import dev.whit.checkpoint.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The tensors of a checkpoint as a model asks for them, and which nobody asked for. */
final class TensorTable {
  /**
   * Buffers that the reference implementations save and no forward pass reads, and the parts of
   * multimodal models that text does not pass through.
   */
  private static final Pattern INFORMATIONAL =
      Pattern.compile(
          ".*(\\.rotary_emb\\.inv_freq|\\._eff_bit_[a-z]+|\\._split_dim_final|\\.[io]_norm)"
              + "|rope_freqs\\.weight|(model\\.)?(vision_tower|multi_modal_projector)\\..*");

  private final Checkpoint checkpoint;
  private final Set<String> asked = new HashSet<>();

  TensorTable(Checkpoint checkpoint) {
    this.checkpoint = checkpoint;
  }

  /** The file or directory, for messages. */
  Path source() {
    return checkpoint.source();
  }

  /** Whether there is a tensor of that name; does not count as asking for it. */
  boolean contains(String name) {
    return checkpoint.find(name).isPresent();
  }

  /** The tensor of that name, if there is one. */
  Optional<Tensor> find(String name) {
    asked.add(name);
    return checkpoint.find(name);
  }

  /** The tensor of that name, which the model cannot do without. */
  Tensor require(String name, String why) {
    return find(name)
        .orElseThrow(() -> CheckpointException.tensor(source(), name, "missing: " + why));
  }

  /** Marks a tensor as known though nothing reads it. */
  void ignore(String name) {
    asked.add(name);
  }

  /** Names that nobody asked for and that are not known to be informational, in order. */
  List<String> unasked() {
    return checkpoint.names().stream()
        .filter(name -> !asked.contains(name) && !INFORMATIONAL.matcher(name).matches())
        .toList();
  }

  /** Fails unless a tensor holds floats in exactly this shape. */
  static Tensor requireFloats(Tensor tensor, Extent... shape) {
    requireFloat(tensor);
    return requireShape(tensor, shape);
  }

  /** Fails unless a tensor has exactly this shape. */
  static Tensor requireShape(Tensor tensor, Extent... shape) {
    long[] expected = Arrays.stream(shape).mapToLong(Extent::size).toArray();
    if (!Arrays.equals(tensor.shape(), expected)) {
      throw invalid(
          tensor, "is " + tensor.describe() + ", expected shape " + Arrays.toString(shape));
    }
    return tensor;
  }

  /**
   * Fails unless a tensor is a vector of floats of that length: [n], or with extents of 1 around it
   * as both reference implementations save scales, [1, n].
   */
  static Tensor requireVector(Tensor tensor, Extent length) {
    requireFloat(tensor);
    boolean oneAxis = Arrays.stream(tensor.shape()).filter(extent -> extent != 1).count() <= 1;
    if (!oneAxis || tensor.elements() != length.size()) {
      throw invalid(tensor, "is " + tensor.describe() + ", expected a vector of " + length);
    }
    return tensor;
  }

  private static void requireFloat(Tensor tensor) {
    if (!tensor.dtype().isFloat()) {
      throw invalid(tensor, "is " + tensor.describe() + ", expected floating-point numbers");
    }
  }

  /** A complaint about a tensor. */
  static CheckpointException invalid(Tensor tensor, String reason) {
    return CheckpointException.tensor(tensor.file(), tensor.name(), reason);
  }
}
