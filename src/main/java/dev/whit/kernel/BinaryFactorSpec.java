package dev.whit.kernel;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A factorised linear layer, or several over the same input with their outputs stacked (q‖k‖v,
 * gate‖up), as read from a checkpoint: what {@link Kernels#prepare(BinaryFactorSpec)} lays out for
 * a device. Each output is the sum of the paths that cover it, plus its bias.
 *
 * @param inputs number of inputs of every path
 * @param outputs number of stacked outputs
 * @param paths one or more paths; their output ranges may overlap (LittleBit's residual path)
 * @param bias [outputs], or null
 */
public record BinaryFactorSpec(
    int inputs, int outputs, List<BinaryFactorPath> paths, float @Nullable [] bias) {

  // Written out: javac drops type annotations of a compact constructor's parameters.
  public BinaryFactorSpec(
      int inputs, int outputs, List<BinaryFactorPath> paths, float @Nullable [] bias) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.paths = List.copyOf(paths);
    this.bias = bias;
    if (paths.isEmpty()) {
      throw new IllegalArgumentException("no paths");
    }
    for (BinaryFactorPath path : paths) {
      if (path.inputs() != inputs) {
        throw new IllegalArgumentException(
            "path of " + path.inputs() + " inputs in a layer of " + inputs);
      }
      if ((long) path.outOffset() + path.outputs() > outputs) {
        throw new IllegalArgumentException(
            "path ends at output " + ((long) path.outOffset() + path.outputs()) + " of " + outputs);
      }
    }
    if (bias != null && bias.length != outputs) {
      throw new IllegalArgumentException("bias is " + bias.length + ", outputs are " + outputs);
    }
  }
}
