package dev.whit.kernel.cpu;

import dev.whit.kernel.DenseSpec;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One worker's share of a {@link DenseProduct}, with the working space it has for itself. */
final class DenseWorker {
  /** Outputs, and rows of x, of a register tile. */
  private static final int TILE = 4;

  /** Rows of x whose accumulators are kept at once. */
  private static final int PASS = 32;

  private static final int PIECE = WidenedRows.PIECE;
  private static final int LANES = Species.LANES;

  private final int worker;
  private final int workers;
  private final short[] halves = new short[PIECE];

  /** A piece of {@code TILE} rows of W, [output][column]. */
  private final float[] piece = new float[TILE * PIECE];

  /** [row of pass][output][lane]. */
  private final float[] sums = new float[PASS * TILE * LANES];

  /** Sums of the columns that fill no vector, [row of pass][output]. */
  private final float[] tails = new float[PASS * TILE];

  DenseWorker(int worker, int workers) {
    this.worker = worker;
    this.workers = workers;
  }

  /** This worker's outputs for all rows; arguments as of {@link DenseProduct#apply}. */
  void multiply(MappedDense w, float[] x, int rows, float[] y, int yOffset, int yStride) {
    long tiles = Math.ceilDiv(w.outputs(), TILE);
    int begin = (int) (tiles * worker / workers * TILE);
    int end = (int) Math.min(tiles * (worker + 1) / workers * TILE, w.outputs());
    // Passes outside: a pass of x stays in the second-level cache while W goes by.
    for (int first = 0; first < rows; first += PASS) {
      int count = Math.min(PASS, rows - first);
      int target = yOffset + first * yStride;
      int blockBegin = 0;
      for (int b = 0; b < w.blocks().size(); b++) {
        DenseSpec.Block block = w.blocks().get(b);
        int last = Math.min(end, blockBegin + block.rows());
        for (int o = Math.max(begin, blockBegin); o < last; o += TILE) {
          int outputs = Math.min(TILE, last - o);
          if (count < TILE) {
            multiplyStored(block, o - blockBegin, outputs, x, first, count, w.inputs());
          } else {
            multiplyWidened(w, o, outputs, x, first, count);
          }
          store(w.bias(), o, outputs, count, y, target, yStride);
        }
        blockBegin += block.rows();
      }
    }
  }

  /** Sums of up to four outputs of a few rows. */
  private void multiplyStored(
      DenseSpec.Block block, int row, int outputs, float[] x, int first, int count, int inputs) {
    int whole = Species.FLOAT.loopBound(inputs);
    long bytes = (long) inputs * block.type().bytes();
    long r0 = row * bytes;
    long r1 = r0 + Math.min(1, outputs - 1) * bytes;
    long r2 = r0 + Math.min(2, outputs - 1) * bytes;
    long r3 = r0 + (outputs - 1) * bytes;
    for (int t = 0; t < count; t++) {
      int from = (first + t) * inputs;
      int at = t * TILE * LANES;
      StoredRows.dot(block.type(), block.data(), r0, r1, r2, r3, x, from, whole, sums, at);
      for (int o = 0; o < outputs; o++) {
        float tail = 0;
        for (int i = whole; i < inputs; i++) {
          float value = block.type().get(block.data(), (long) (row + o) * inputs + i);
          tail = Math.fma(value, x[from + i], tail);
        }
        tails[t * TILE + o] = tail;
      }
    }
  }

  /** Sums of up to four outputs of a pass of rows. */
  private void multiplyWidened(
      MappedDense w, int output, int outputs, float[] x, int first, int count) {
    int inputs = w.inputs();
    Arrays.fill(sums, 0, count * TILE * LANES, 0f);
    Arrays.fill(tails, 0, count * TILE, 0f);
    for (int column = 0; column < inputs; column += PIECE) {
      int length = Math.min(PIECE, inputs - column);
      for (int o = 0; o < outputs; o++) {
        w.read(output + o, column, length, halves, piece, o * PIECE);
      }
      int whole = Species.FLOAT.loopBound(length);
      int from = first * inputs + column;
      int t = 0;
      for (; t + TILE <= count; t += TILE) {
        int at = t * TILE * LANES;
        WidenedRows.accumulate4(piece, x, from + t * inputs, inputs, whole, sums, at);
      }
      for (; t < count; t++) {
        WidenedRows.accumulate(piece, x, from + t * inputs, whole, sums, t * TILE * LANES);
      }
      // Only the last piece has columns past its last whole vector.
      for (t = 0; whole < length && t < count; t++) {
        for (int o = 0; o < outputs; o++) {
          float tail = 0;
          for (int i = whole; i < length; i++) {
            tail = Math.fma(piece[o * PIECE + i], x[from + t * inputs + i], tail);
          }
          tails[t * TILE + o] = tail;
        }
      }
    }
  }

  private void store(
      float @Nullable [] bias,
      int output,
      int outputs,
      int count,
      float[] y,
      int target,
      int yStride) {
    for (int t = 0; t < count; t++) {
      for (int o = 0; o < outputs; o++) {
        int at = t * TILE + o;
        float sum = total(sums, at * LANES) + tails[at];
        y[target + t * yStride + output + o] = bias == null ? sum : sum + bias[output + o];
      }
    }
  }

  /** The lanes' sum as a fixed tree; {@code reduceLanes} leaves its order open. */
  static float total(float[] lanes, int at) {
    for (int half = LANES / 2; half > 0; half /= 2) {
      for (int i = 0; i < half; i++) {
        lanes[at + i] += lanes[at + half + i];
      }
    }
    return lanes[at];
  }
}
