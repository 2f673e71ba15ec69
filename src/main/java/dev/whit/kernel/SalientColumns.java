package dev.whit.kernel;

/**
 * Columns of a factorised layer that are kept as they are (NanoQuant's arelath variant): {@code
 * y[outOffset + o] += Σ_j weights[o, j] · x[index[j]]}.
 *
 * @param outOffset first output that they add to
 * @param index [k] the inputs they multiply
 * @param weights [outputs, k]; its memory is not needed once kernels have prepared it
 */
public record SalientColumns(int outOffset, int[] index, DenseSpec.Block weights) {
  /** Number of outputs that they add to. */
  public int outputs() {
    return weights.rows();
  }
}
