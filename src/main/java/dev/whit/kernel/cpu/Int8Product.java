package dev.whit.kernel.cpu;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Linear layers in int8: {@code y = scale ⊙ (q · x) + bias}. The workers share the tiles of four
 * outputs. As in {@link DenseProduct}, a few rows of x are multiplied as the weights come from
 * memory, and for more a piece of a tile is widened once for all of them; an output is the same sum
 * either way.
 */
final class Int8Product {
  private static final int TILE = Int8Rows.TILE;
  private static final int PIECE = WidenedRows.PIECE;
  private static final int LANES = Species.LANES;

  /** Rows of x whose accumulators are kept at once. */
  private static final int PASS = 32;

  private final WorkerTeam team;
  private final WorkerTeam.Task task = this::work;
  private final Worker[] workers;

  private @Nullable Int8Rows weights;
  private float[] x = {};
  private float[] y = {};
  private int rows;
  private int yOffset;
  private int yStride;

  Int8Product(WorkerTeam team) {
    this.team = team;
    workers = new Worker[team.threads()];
    Arrays.setAll(workers, i -> new Worker());
  }

  /** Computes the layer for each row; arguments as of {@link DenseProduct#apply}. */
  void apply(Int8Rows w, float[] x, int rows, float[] y, int yOffset, int yStride) {
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

  private void work(int worker, int threads) {
    Int8Rows w = Objects.requireNonNull(weights);
    int begin = (int) ((long) w.tiles() * worker / threads);
    int end = (int) ((long) w.tiles() * (worker + 1) / threads);
    for (int first = 0; first < rows; first += PASS) {
      int count = Math.min(PASS, rows - first);
      for (int tile = begin; tile < end; tile++) {
        workers[worker].sum(w, tile, x, first, count);
        workers[worker].store(w, tile, y, yOffset + first * yStride, yStride, count);
      }
    }
  }

  /** One worker's working space. */
  private static final class Worker {
    /** A piece of a tile in f32, [row][column]. */
    private final float[] piece = new float[TILE * PIECE];

    /** [row of pass][output][lane]. */
    private final float[] sums = new float[PASS * TILE * LANES];

    /** Sums of the columns that fill no vector, [row of pass][output]. */
    private final float[] tails = new float[PASS * TILE];

    /** Sums of a tile with {@code count} rows of x, from {@code first}. */
    void sum(Int8Rows w, int tile, float[] x, int first, int count) {
      int[] block = w.block(tile);
      int at = w.offset(tile);
      int inputs = w.inputs();
      int whole = Species.FLOAT.loopBound(inputs);
      if (count < TILE) {
        for (int t = 0; t < count; t++) {
          Int8Dot.dot(block, at, x, (first + t) * inputs, whole, sums, t * TILE * LANES);
        }
      } else {
        Arrays.fill(sums, 0, count * TILE * LANES, 0f);
        for (int column = 0; column < whole; column += PIECE) {
          int length = Math.min(PIECE, whole - column);
          Int8Dot.widen(block, at + column, length, piece);
          accumulate(x, first * inputs + column, inputs, length, count);
        }
      }
      for (int t = 0; t < count; t++) {
        for (int o = 0; o < TILE; o++) {
          float tail = 0;
          for (int i = whole; i < inputs; i++) {
            tail = Math.fma(Int8Dot.element(block[at + i], o), x[(first + t) * inputs + i], tail);
          }
          tails[t * TILE + o] = tail;
        }
      }
    }

    private void accumulate(float[] x, int from, int stride, int length, int count) {
      int t = 0;
      for (; t + TILE <= count; t += TILE) {
        WidenedRows.accumulate4(
            piece, x, from + t * stride, stride, length, sums, t * TILE * LANES);
      }
      for (; t < count; t++) {
        WidenedRows.accumulate(piece, x, from + t * stride, length, sums, t * TILE * LANES);
      }
    }

    /** Scales the sums into y. */
    void store(Int8Rows w, int tile, float[] y, int target, int yStride, int count) {
      float[] bias = w.bias();
      int first = tile * TILE;
      int outputs = Math.min(TILE, w.outputs() - first);
      for (int t = 0; t < count; t++) {
        for (int o = 0; o < outputs; o++) {
          int at = t * TILE + o;
          float sum = (DenseWorker.total(sums, at * LANES) + tails[at]) * Int8Dot.UNSHIFT;
          float value = sum * w.scale(first + o);
          y[target + t * yStride + first + o] = bias == null ? value : value + bias[first + o];
        }
      }
    }
  }
}
