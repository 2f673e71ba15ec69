package dev.whit.kernel.cpu;

import dev.whit.kernel.DenseSpec;
import dev.whit.kernel.Int8Weights;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A matrix in int8, a tile of four rows after another: one int for each column of a tile, with row
 * r of it in byte r, so that a tile is one sequential stream and any vector width can take it
 * apart.
 */
final class Int8Rows implements Int8Weights {
  /** Rows of a tile. */
  static final int TILE = 4;

  /** Largest magnitude of an element; −128 is not used. */
  private static final int MAX = 127;

  /** Ints of a block, about. */
  private static final int BLOCK = 1 << 22;

  private final int inputs;
  private final int outputs;
  private final float[] scales;
  private final float @Nullable [] bias;
  private final int tilesPerBlock;
  private final int[][] blocks;

  private Int8Rows(DenseSpec spec) {
    inputs = spec.inputs();
    outputs = spec.outputs();
    scales = new float[outputs];
    bias = spec.bias();
    tilesPerBlock = Math.max(1, BLOCK / inputs);
    int tiles = tiles();
    blocks = new int[Math.ceilDiv(tiles, tilesPerBlock)][];
    for (int b = 0; b < blocks.length; b++) {
      int held = Math.min(tilesPerBlock, tiles - b * tilesPerBlock);
      blocks[b] = new int[Math.multiplyExact(held, inputs)];
    }
  }

  /** Rounds a matrix; its memory is not needed afterwards. */
  static Int8Rows quantize(DenseSpec spec) {
    Int8Rows rows = new Int8Rows(spec);
    IntStream.range(0, rows.tiles()).parallel().forEach(tile -> rows.round(spec, tile));
    return rows;
  }

  private void round(DenseSpec spec, int tile) {
    float[] row = new float[inputs];
    for (int o = tile * TILE; o < Math.min(outputs, (tile + 1) * TILE); o++) {
      read(spec, o, row);
      float largest = 0;
      for (float value : row) {
        largest = Math.max(largest, Math.abs(value)); // NaN stays
      }
      // A row with NaN or infinity has that for a scale, and so for an output: it does not hide.
      float scale = largest / MAX;
      scales[o] = scale;
      int[] target = block(tile);
      int at = offset(tile);
      for (int i = 0; i < inputs && scale > 0; i++) {
        int q = (int) Math.clamp(Math.rint(row[i] / (double) scale), -MAX, MAX);
        target[at + i] |= (q & 0xff) << (Byte.SIZE * (o % TILE));
      }
    }
  }

  private static void read(DenseSpec spec, int output, float[] row) {
    int inBlock = output;
    for (DenseSpec.Block block : spec.blocks()) {
      if (inBlock < block.rows()) {
        long first = (long) inBlock * row.length;
        for (int i = 0; i < row.length; i++) {
          row[i] = block.type().get(block.data(), first + i);
        }
        return;
      }
      inBlock -= block.rows();
    }
  }

  @Override
  public int inputs() {
    return inputs;
  }

  @Override
  public int outputs() {
    return outputs;
  }

  /** Number of tiles; rows past the last output are 0. */
  int tiles() {
    return Math.ceilDiv(outputs, TILE);
  }

  /** The array that holds a tile. */
  int[] block(int tile) {
    return blocks[tile / tilesPerBlock];
  }

  /** Where in its array a tile begins: one int for each column. */
  int offset(int tile) {
    return tile % tilesPerBlock * inputs;
  }

  /** The scale of an output. */
  float scale(int output) {
    return scales[output];
  }

  /** An element before its scale. */
  int element(int output, int input) {
    int tile = output / TILE;
    return (byte) (block(tile)[offset(tile) + input] >> (Byte.SIZE * (output % TILE)));
  }

  /** Output bias, [outputs], or null. */
  float @Nullable [] bias() {
    return bias;
  }

  @Override
  public long residentBytes() {
    long bytes = (long) scales.length * Float.BYTES;
    for (int[] block : blocks) {
      bytes += (long) block.length * Integer.BYTES;
    }
    return bias == null ? bytes : bytes + (long) bias.length * Float.BYTES;
  }

  @Override
  public void close() {}
}
