package dev.whit.kernel.cpu;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Dense linear layers: {@code y = W · x + bias}. The workers share the outputs and take four at a
 * time. A few rows of x are multiplied as W comes from memory ({@link StoredRows}); for more, a
 * piece of W is widened to f32 in the cache and serves tiles of four rows ({@link WidenedRows}).
 *
 * <p>Either way an output is the sum of one accumulator per vector lane, each over its columns in
 * order, plus the last columns that fill no vector: the same however many rows there are.
 */
final class DenseProduct {
  private final WorkerTeam team;
  private final WorkerTeam.Task task = this::work;
  private final DenseWorker[] workers;

  private @Nullable MappedDense weights;
  private float[] x = {};
  private float[] y = {};
  private int rows;
  private int yOffset;
  private int yStride;

  DenseProduct(WorkerTeam team) {
    this.team = team;
    workers = new DenseWorker[team.threads()];
    Arrays.setAll(workers, i -> new DenseWorker(i, workers.length));
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

  private void work(int worker, int threads) {
    workers[worker].multiply(Objects.requireNonNull(weights), x, rows, y, yOffset, yStride);
  }
}
