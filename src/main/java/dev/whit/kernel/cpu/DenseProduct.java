package dev.whit.kernel.cpu;

import dev.whit.kernel.DenseSpec;
import java.util.Arrays;
import java.util.Objects;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * Dense linear layers: {@code y = W · x + bias}. The workers share the outputs and take four at a
 * time. A few rows of x are multiplied as W comes from memory ({@link StoredRows}); for more, a
 * piece of W is widened to f32 in the cache and serves tiles of four rows.
 *
 * <p>Either way an output is the sum of one accumulator per vector lane, each over its columns in
 * order, plus the last columns that fill no vector: the same however many rows there are.
 */
final class DenseProduct {
  private static final VectorSpecies<Float> FLOAT = Species.FLOAT;
  private static final int LANES = Species.LANES;

  /** Outputs and rows of a register tile. */
  private static final int TILE = 4;

  /** Columns of a piece: four rows of it fit the first-level cache. */
  private static final int PIECE = 1024;

  /** Rows of x whose accumulators are kept at once. */
  private static final int PASS = 32;

  private final WorkerTeam team;
  private final WorkerTeam.Task task = this::work;
  private final Scratch[] scratch;

  private @Nullable MappedDense weights;
  private float[] x = {};
  private float[] y = {};
  private int rows;
  private int yOffset;
  private int yStride;

  /** What one worker needs for itself. */
  private static final class Scratch {
    final short[] halves = new short[PIECE];

    /** A piece of {@code TILE} rows of W, [output][column]. */
    final float[] piece = new float[TILE * PIECE];

    /** [row of pass][output][lane]. */
    final float[] sums = new float[PASS * TILE * LANES];

    /** Sums of the columns that fill no vector, [row of pass][output]. */
    final float[] tails = new float[PASS * TILE];
  }

  DenseProduct(WorkerTeam team) {
    this.team = team;
    scratch = new Scratch[team.threads()];
    Arrays.setAll(scratch, i -> new Scratch());
  }

  /**
   * Computes the layer for each row.
   *
   * @param w [outputs, inputs]
   * @param x [rows, inputs]
   * @param y rows of {@code yStride} values, of which {@code outputs} from {@code yOffset} are
   *     written
   */
  void apply(MappedDense w, float[] x, int rows, float[] y, int yOffset, int yStride) {
    LinearShape.check(w, x.length, rows, y.length, yOffset, yStride);
    weights = w;
    this.x = x;
    this.rows = rows;
    this.y = y;
    this.yOffset = yOffset;
    this.yStride = yStride;
    try {
      team.run(task);
    } finally {
      weights = null; // so that closed weights can go
    }
  }

  private void work(int worker, int workers) {
    MappedDense w = Objects.requireNonNull(weights);
    long tiles = Math.ceilDiv(w.outputs(), TILE);
    int begin = (int) (tiles * worker / workers * TILE);
    int end = (int) Math.min(tiles * (worker + 1) / workers * TILE, w.outputs());
    // Passes outside: a pass of x stays in the second-level cache while W goes by.
    for (int first = 0; first < rows; first += PASS) {
      int count = Math.min(PASS, rows - first);
      int blockBegin = 0;
      for (int b = 0; b < w.blocks().size(); b++) {
        DenseSpec.Block block = w.blocks().get(b);
        int last = Math.min(end, blockBegin + block.rows());
        for (int o = Math.max(begin, blockBegin); o < last; o += TILE) {
          int outputs = Math.min(TILE, last - o);
          if (count < TILE) {
            multiplyStored(w, block, o - blockBegin, o, outputs, first, count, scratch[worker]);
          } else {
            multiplyWidened(w, o, outputs, first, count, scratch[worker]);
          }
        }
        blockBegin += block.rows();
      }
    }
  }

  /** Up to four outputs of a few rows. */
  private void multiplyStored(
      MappedDense w,
      DenseSpec.Block block,
      int blockRow,
      int output,
      int outputs,
      int first,
      int count,
      Scratch own) {
    int inputs = w.inputs();
    int whole = FLOAT.loopBound(inputs);
    long bytes = (long) inputs * block.type().bytes();
    long r0 = blockRow * bytes;
    long r1 = r0 + Math.min(1, outputs - 1) * bytes;
    long r2 = r0 + Math.min(2, outputs - 1) * bytes;
    long r3 = r0 + (outputs - 1) * bytes;
    for (int t = 0; t < count; t++) {
      int from = (first + t) * inputs;
      StoredRows.dot(block.type(), block.data(), r0, r1, r2, r3, x, from, whole, own.sums);
      for (int o = 0; o < outputs; o++) {
        long row = (long) (blockRow + o) * inputs;
        float tail = 0;
        for (int i = whole; i < inputs; i++) {
          tail = Math.fma(block.type().get(block.data(), row + i), x[from + i], tail);
        }
        store(w, first + t, output + o, total(own.sums, o * LANES) + tail);
      }
    }
  }

  /** Up to four outputs of a pass of rows. */
  private void multiplyWidened(
      MappedDense w, int output, int outputs, int first, int count, Scratch own) {
    int inputs = w.inputs();
    Arrays.fill(own.sums, 0, count * TILE * LANES, 0f);
    Arrays.fill(own.tails, 0, count * TILE, 0f);
    for (int column = 0; column < inputs; column += PIECE) {
      int length = Math.min(PIECE, inputs - column);
      for (int o = 0; o < outputs; o++) {
        w.read(output + o, column, length, own.halves, own.piece, o * PIECE);
      }
      int whole = FLOAT.loopBound(length);
      int t = 0;
      for (; t + TILE <= count; t += TILE) {
        int from = (first + t) * inputs + column;
        accumulate4(own.piece, x, from, inputs, whole, own.sums, t * TILE * LANES);
      }
      for (; t < count; t++) {
        int from = (first + t) * inputs + column;
        accumulate(own.piece, x, from, whole, own.sums, t * TILE * LANES);
      }
      if (whole < length) {
        accumulateTail(inputs, own, outputs, first, count, column, whole, length);
      }
    }
    for (int t = 0; t < count; t++) {
      for (int o = 0; o < outputs; o++) {
        int at = t * TILE + o;
        store(w, first + t, output + o, total(own.sums, at * LANES) + own.tails[at]);
      }
    }
  }

  private void store(MappedDense w, int row, int output, float sum) {
    float[] bias = w.bias();
    y[yOffset + row * yStride + output] = bias == null ? sum : sum + bias[output];
  }

  /** The columns past the last whole vector, one after the other. */
  private void accumulateTail(
      int inputs, Scratch own, int outputs, int first, int count, int column, int from, int to) {
    for (int t = 0; t < count; t++) {
      int row = (first + t) * inputs + column;
      for (int o = 0; o < outputs; o++) {
        float sum = own.tails[t * TILE + o];
        for (int i = from; i < to; i++) {
          sum = Math.fma(own.piece[o * PIECE + i], x[row + i], sum);
        }
        own.tails[t * TILE + o] = sum;
      }
    }
  }

  /** Four outputs of one row. */
  private static void accumulate(
      float[] piece, float[] x, int from, int length, float[] sums, int at) {
    FloatVector a0 = FloatVector.fromArray(FLOAT, sums, at);
    FloatVector a1 = FloatVector.fromArray(FLOAT, sums, at + LANES);
    FloatVector a2 = FloatVector.fromArray(FLOAT, sums, at + 2 * LANES);
    FloatVector a3 = FloatVector.fromArray(FLOAT, sums, at + 3 * LANES);
    for (int i = 0; i < length; i += LANES) {
      FloatVector v = FloatVector.fromArray(FLOAT, x, from + i);
      a0 = FloatVector.fromArray(FLOAT, piece, i).fma(v, a0);
      a1 = FloatVector.fromArray(FLOAT, piece, PIECE + i).fma(v, a1);
      a2 = FloatVector.fromArray(FLOAT, piece, 2 * PIECE + i).fma(v, a2);
      a3 = FloatVector.fromArray(FLOAT, piece, 3 * PIECE + i).fma(v, a3);
    }
    a0.intoArray(sums, at);
    a1.intoArray(sums, at + LANES);
    a2.intoArray(sums, at + 2 * LANES);
    a3.intoArray(sums, at + 3 * LANES);
  }

  /** Four outputs of four rows, which are {@code stride} apart: each load serves four sums. */
  private static void accumulate4(
      float[] piece, float[] x, int from, int stride, int length, float[] sums, int at) {
    FloatVector a00 = FloatVector.fromArray(FLOAT, sums, at);
    FloatVector a01 = FloatVector.fromArray(FLOAT, sums, at + LANES);
    FloatVector a02 = FloatVector.fromArray(FLOAT, sums, at + 2 * LANES);
    FloatVector a03 = FloatVector.fromArray(FLOAT, sums, at + 3 * LANES);
    FloatVector a10 = FloatVector.fromArray(FLOAT, sums, at + 4 * LANES);
    FloatVector a11 = FloatVector.fromArray(FLOAT, sums, at + 5 * LANES);
    FloatVector a12 = FloatVector.fromArray(FLOAT, sums, at + 6 * LANES);
    FloatVector a13 = FloatVector.fromArray(FLOAT, sums, at + 7 * LANES);
    FloatVector a20 = FloatVector.fromArray(FLOAT, sums, at + 8 * LANES);
    FloatVector a21 = FloatVector.fromArray(FLOAT, sums, at + 9 * LANES);
    FloatVector a22 = FloatVector.fromArray(FLOAT, sums, at + 10 * LANES);
    FloatVector a23 = FloatVector.fromArray(FLOAT, sums, at + 11 * LANES);
    FloatVector a30 = FloatVector.fromArray(FLOAT, sums, at + 12 * LANES);
    FloatVector a31 = FloatVector.fromArray(FLOAT, sums, at + 13 * LANES);
    FloatVector a32 = FloatVector.fromArray(FLOAT, sums, at + 14 * LANES);
    FloatVector a33 = FloatVector.fromArray(FLOAT, sums, at + 15 * LANES);
    for (int i = 0; i < length; i += LANES) {
      FloatVector w0 = FloatVector.fromArray(FLOAT, piece, i);
      FloatVector w1 = FloatVector.fromArray(FLOAT, piece, PIECE + i);
      FloatVector w2 = FloatVector.fromArray(FLOAT, piece, 2 * PIECE + i);
      FloatVector w3 = FloatVector.fromArray(FLOAT, piece, 3 * PIECE + i);
      FloatVector v = FloatVector.fromArray(FLOAT, x, from + i);
      a00 = w0.fma(v, a00);
      a01 = w1.fma(v, a01);
      a02 = w2.fma(v, a02);
      a03 = w3.fma(v, a03);
      v = FloatVector.fromArray(FLOAT, x, from + stride + i);
      a10 = w0.fma(v, a10);
      a11 = w1.fma(v, a11);
      a12 = w2.fma(v, a12);
      a13 = w3.fma(v, a13);
      v = FloatVector.fromArray(FLOAT, x, from + 2 * stride + i);
      a20 = w0.fma(v, a20);
      a21 = w1.fma(v, a21);
      a22 = w2.fma(v, a22);
      a23 = w3.fma(v, a23);
      v = FloatVector.fromArray(FLOAT, x, from + 3 * stride + i);
      a30 = w0.fma(v, a30);
      a31 = w1.fma(v, a31);
      a32 = w2.fma(v, a32);
      a33 = w3.fma(v, a33);
    }
    a00.intoArray(sums, at);
    a01.intoArray(sums, at + LANES);
    a02.intoArray(sums, at + 2 * LANES);
    a03.intoArray(sums, at + 3 * LANES);
    a10.intoArray(sums, at + 4 * LANES);
    a11.intoArray(sums, at + 5 * LANES);
    a12.intoArray(sums, at + 6 * LANES);
    a13.intoArray(sums, at + 7 * LANES);
    a20.intoArray(sums, at + 8 * LANES);
    a21.intoArray(sums, at + 9 * LANES);
    a22.intoArray(sums, at + 10 * LANES);
    a23.intoArray(sums, at + 11 * LANES);
    a30.intoArray(sums, at + 12 * LANES);
    a31.intoArray(sums, at + 13 * LANES);
    a32.intoArray(sums, at + 14 * LANES);
    a33.intoArray(sums, at + 15 * LANES);
  }

  /** The lanes' sum as a fixed tree; {@code reduceLanes} leaves its order open. */
  private static float total(float[] lanes, int at) {
    for (int half = LANES / 2; half > 0; half /= 2) {
      for (int i = 0; i < half; i++) {
        lanes[at + i] += lanes[at + half + i];
      }
    }
    return lanes[at];
  }
}
