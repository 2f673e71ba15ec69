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
    Worker own = workers[worker];
    if (rows < TILE) {
      own.multiplyFew(w, begin, end);
    } else {
      for (int first = 0; first < rows; first += PASS) {
        for (int tile = begin; tile < end; tile++) {
          own.multiplyWidened(w, tile, first, Math.min(PASS, rows - first));
        }
      }
    }
  }

  /** One worker's share, with its working space. */
  private final class Worker {
    /** A piece of a tile in f32, [row][column]. */
    private final float[] piece = new float[TILE * PIECE];

    /** [row of pass][output][lane], or [tile][output][lane]. */
    private final float[] sums = new float[PASS * TILE * LANES];

    /** Tiles {@code begin} to {@code end − 1} with all rows of x, a quarter of them at a time. */
    void multiplyFew(Int8Rows w, int begin, int end) {
      int quarter = (end - begin) / 4;
      int whole = Species.FLOAT.loopBound(w.inputs());
      for (int t0 = begin; t0 < begin + quarter; t0++) {
        int t1 = t0 + quarter;
        int t2 = t1 + quarter;
        int t3 = t2 + quarter;
        for (int row = 0; row < rows; row++) {
          Int8Dot.dot4(
              w.block(t0),
              w.offset(t0),
              w.block(t1),
              w.offset(t1),
              w.block(t2),
              w.offset(t2),
              w.block(t3),
              w.offset(t3),
              x,
              row * w.inputs(),
              whole,
              sums);
          store(w, t0, row, 0);
          store(w, t1, row, TILE * LANES);
          store(w, t2, row, 2 * TILE * LANES);
          store(w, t3, row, 3 * TILE * LANES);
        }
      }
      for (int tile = begin + 4 * quarter; tile < end; tile++) {
        for (int row = 0; row < rows; row++) {
          Int8Dot.dot(w.block(tile), w.offset(tile), x, row * w.inputs(), whole, sums);
          store(w, tile, row, 0);
        }
      }
    }

    /** A tile with {@code count} rows of x, from {@code first}. */
    void multiplyWidened(Int8Rows w, int tile, int first, int count) {
      int inputs = w.inputs();
      int whole = Species.FLOAT.loopBound(inputs);
      Arrays.fill(sums, 0, count * TILE * LANES, 0f);
      for (int column = 0; column < whole; column += PIECE) {
        int length = Math.min(PIECE, whole - column);
        Int8Dot.widen(w.block(tile), w.offset(tile) + column, length, piece);
        int from = first * inputs + column;
        int t = 0;
        for (; t + TILE <= count; t += TILE) {
          WidenedRows.accumulate4(
              piece, x, from + t * inputs, inputs, length, sums, t * TILE * LANES);
        }
        for (; t < count; t++) {
          WidenedRows.accumulate(piece, x, from + t * inputs, length, sums, t * TILE * LANES);
        }
      }
      for (int t = 0; t < count; t++) {
        store(w, tile, first + t, t * TILE * LANES);
      }
    }

    /** Writes a tile's outputs of a row, from the sums that begin at {@code at}. */
    private void store(Int8Rows w, int tile, int row, int at) {
      float[] bias = w.bias();
      int first = tile * TILE;
      int target = yOffset + row * yStride + first;
      for (int o = 0; o < Math.min(TILE, w.outputs() - first); o++) {
        float sum = DenseWorker.total(sums, at + o * LANES) + tail(w, tile, o, row);
        float value = sum * Int8Dot.UNSHIFT * w.scale(first + o);
        y[target + o] = bias == null ? value : value + bias[first + o];
      }
    }

    /** The sum of the columns that fill no vector. */
    private float tail(Int8Rows w, int tile, int output, int row) {
      int[] block = w.block(tile);
      int at = w.offset(tile);
      float tail = 0;
      for (int i = Species.FLOAT.loopBound(w.inputs()); i < w.inputs(); i++) {
        tail = Math.fma(Int8Dot.element(block[at + i], output), x[row * w.inputs() + i], tail);
      }
      return tail;
    }
  }
}
