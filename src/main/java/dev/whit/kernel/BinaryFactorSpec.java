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
 * @param salient columns beside the paths, none or some
 * @param bias [outputs], or null
 */
public record BinaryFactorSpec(
    int inputs,
    int outputs,
    List<BinaryFactorPath> paths,
    List<SalientColumns> salient,
    float @Nullable [] bias) {

  // Written out: javac drops type annotations of a compact constructor's parameters.
  public BinaryFactorSpec(
      int inputs,
      int outputs,
      List<BinaryFactorPath> paths,
      List<SalientColumns> salient,
      float @Nullable [] bias) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.paths = List.copyOf(paths);
    this.salient = List.copyOf(salient);
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
    salient.forEach(this::check);
    if (bias != null && bias.length != outputs) {
      throw new IllegalArgumentException("bias is " + bias.length + ", outputs are " + outputs);
    }
  }

  /** A layer without salient columns. */
  public BinaryFactorSpec(
      int inputs, int outputs, List<BinaryFactorPath> paths, float @Nullable [] bias) {
    this(inputs, outputs, paths, List.of(), bias);
  }

  private void check(SalientColumns columns) {
    if (columns.outOffset() < 0 || (long) columns.outOffset() + columns.outputs() > outputs) {
      throw new IllegalArgumentException(
          "salient columns of outputs %d + %d of %d"
              .formatted(columns.outOffset(), columns.outputs(), outputs));
    }
    // Checks that the weights have a column for each index.
    new DenseSpec(columns.index().length, List.of(columns.weights()), null);
    for (int input : columns.index()) {
      if (input < 0 || input >= inputs) {
        throw new IllegalArgumentException("salient column " + input + " of " + inputs);
      }
    }
  }
}
