package dev.whit.kernel;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A dense matrix [outputs, inputs] as stored: row blocks of mapped memory stacked along the outputs
 * (one block for a plain layer or an embedding table, three for q‖k‖v).
 *
 * @param inputs columns of every block
 * @param blocks row blocks, in order
 * @param bias [outputs], or null
 */
public record DenseSpec(int inputs, List<Block> blocks, float @Nullable [] bias) {

  /**
   * A row block.
   *
   * @param rows number of rows
   * @param type element type
   * @param data row-major, {@code rows * inputs * type.bytes()} bytes, little-endian; readable by
   *     any thread
   */
  public record Block(int rows, FloatType type, MemorySegment data) {}

  // Written out: javac drops type annotations of a compact constructor's parameters.
  public DenseSpec(int inputs, List<Block> blocks, float @Nullable [] bias) {
    this.inputs = inputs;
    this.blocks = List.copyOf(blocks);
    this.bias = bias;
    if (blocks.isEmpty()) {
      throw new IllegalArgumentException("no blocks");
    }
    long outputs = 0;
    for (Block block : blocks) {
      long expected = (long) block.rows() * inputs * block.type().bytes();
      if (block.data().byteSize() != expected) {
        throw new IllegalArgumentException(
            block.rows()
                + " x "
                + inputs
                + " "
                + block.type()
                + " needs "
                + expected
                + " bytes, got "
                + block.data().byteSize());
      }
      outputs += block.rows();
    }
    if (outputs > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("too many outputs: " + outputs);
    }
    if (bias != null && bias.length != outputs) {
      throw new IllegalArgumentException("bias is " + bias.length + ", outputs are " + outputs);
    }
  }

  /** Number of stacked outputs. */
  public int outputs() {
    return blocks.stream().mapToInt(Block::rows).sum();
  }
}
