package dev.whit.kernel.cpu;

import dev.whit.kernel.DenseSpec;
import dev.whit.kernel.DenseWeights;

/** A dense matrix read element by element from its mapped blocks. */
record ScalarDense(DenseSpec spec) implements DenseWeights {
  /** Element {@code (output, input)}, widened to f32. */
  float element(int output, int input) {
    int row = output;
    for (DenseSpec.Block block : spec.blocks()) {
      if (row < block.rows()) {
        return block.type().get(block.data(), (long) row * spec.inputs() + input);
      }
      row -= block.rows();
    }
    throw new IndexOutOfBoundsException("output " + output + " of " + spec.outputs());
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
    return spec.bias() == null ? 0 : 4L * spec.bias().length;
  }

  @Override
  public void close() {}
}
