package dev.whit.kernel.cpu;

import java.util.Arrays;
import java.util.Objects;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * Dense linear layers: {@code y = W · x + bias}. The workers share the outputs; each widens pieces
 * of a few rows of W to f32 in its cache and multiplies them by all rows of x.
 *
 * <p>An output is the sum of one accumulator per vector lane, each over its columns in order, plus
 * the last columns that fill no vector: the same however many rows there are.
 */
final class DenseProduct {
  private static final VectorSpecies<Float> FLOAT = Species.FLOAT;
  private static final int LANES = Species.LANES;

  /** Outputs and rows of a register tile. */
  private static final int TILE = 4;

  /** Columns of a piece: four rows of it fit the first-level cache. */
  private static final int PIECE = 1024;

  /** Rows of x whose accumulators are kept at once. */
  private static final int PASS = 16;

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
    team.run(task);
  }

  private void work(int worker, int workers) {
    MappedDense w = Objects.requireNonNull(weights);
    long tiles = Math.ceilDiv(w.outputs(), TILE);
    int end = (int) Math.min(tiles * (worker + 1) / workers * TILE, w.outputs());
    for (int o = (int) (tiles * worker / workers * TILE); o < end; o += TILE) {
      for (int first = 0; first < rows; first += PASS) {
        multiply(
            w, o, Math.min(TILE, end - o), first, Math.min(PASS, rows - first), scratch[worker]);
      }
    }
  }

  private void multiply(MappedDense w, int output, int outputs, int first, int count, Scratch own) {
    int inputs = w.inputs();
    Arrays.fill(own.sums, 0, count * TILE * LANES, 0f);
    Arrays.fill(own.tails, 0f);
    for (int column = 0; column < inputs; column += PIECE) {
      int length = Math.min(PIECE, inputs - column);
      for (int o = 0; o < outputs; o++) {
        w.read(output + o, column, length, own.halves, own.piece, o * PIECE);
      }
      int whole = length - length % LANES;
      for (int t = 0; t < count; t++) {
        int from = (first + t) * inputs + column;
        accumulate(own.piece, x, from, whole, own.sums, t * TILE * LANES);
        for (int o = 0; o < outputs; o++) {
          for (int i = whole; i < length; i++) {
            own.tails[t * TILE + o] =
                Math.fma(own.piece[o * PIECE + i], x[from + i], own.tails[t * TILE + o]);
          }
        }
      }
    }
    float[] bias = w.bias();
    for (int t = 0; t < count; t++) {
      for (int o = 0; o < outputs; o++) {
        int at = t * TILE + o;
        float sum = total(own.sums, at * LANES) + own.tails[at];
        y[yOffset + (first + t) * yStride + output + o] =
            bias == null ? sum : sum + bias[output + o];
      }
    }
  }

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
