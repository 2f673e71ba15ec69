package dev.whit.model.loading;

import dev.whit.kernel.BinaryFactorSpec;
import dev.whit.kernel.DenseSpec;

/**
 * What linear layers take of memory and arithmetic in a step.
 *
 * @param bytes of weights that a step reads at least once, as they are laid out
 * @param weights that each token is multiplied with: ±1 elements of factors, and the elements of
 *     salient columns and of dense and int8 layers
 */
public record StepCost(long bytes, long weights) {
  public static final StepCost NONE = new StepCost(0, 0);

  /** A matrix as stored. */
  static StepCost of(DenseSpec matrix) {
    return new StepCost(
        matrix.blocks().stream().mapToLong(block -> block.data().byteSize()).sum(),
        elements(matrix));
  }

  /** A matrix laid out in so many bytes. */
  static StepCost of(DenseSpec matrix, long bytes) {
    return new StepCost(bytes, elements(matrix));
  }

  /** A factorised layer laid out in so many bytes. */
  static StepCost of(BinaryFactorSpec layer, long bytes) {
    long weights =
        layer.paths().stream()
            .mapToLong(path -> path.rank() * ((long) path.inputs() + path.outputs()))
            .sum();
    long salient =
        layer.salient().stream()
            .mapToLong(columns -> (long) columns.outputs() * columns.index().length)
            .sum();
    return new StepCost(bytes, weights + salient);
  }

  /** Of both. */
  public StepCost plus(StepCost other) {
    return new StepCost(bytes + other.bytes, weights + other.weights);
  }

  StepCost minus(StepCost other) {
    return new StepCost(bytes - other.bytes, weights - other.weights);
  }

  private static long elements(DenseSpec matrix) {
    return (long) matrix.inputs() * matrix.outputs();
  }
}
