package dev.whit.kernel.cpu;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Factorised linear layers: {@code y = Σ_paths post ⊙ (U · (mid ⊙ (V · (pre ⊙ x)))) + bias}.
 *
 * <p>The rows are taken in passes of up to 16. In a pass the workers share the products with V by
 * panels and blocks of rows, meet once, and share the products with U by outputs; each builds the
 * lookup tables that it needs, which costs less than to wait for another's. The partial sums of
 * panels are added in panel order, so that nothing depends on who computed them.
 */
final class BinaryFactorProduct {
  /** Rows (tokens) of a pass. */
  private static final int PASS = 16;

  private final WorkerTeam team;
  private final WorkerTeam.Task task = this::work;
  private final FactorWorker[] workers;

  /** Partial sums of V, [panel][row of pass][hidden]; by turns, so that passes can overlap. */
  private final float[][] partial = {{}, {}};

  private @Nullable PackedFactors weights;
  private float[] x = {};
  private float[] y = {};
  private int rows;
  private int yOffset;
  private int yStride;

  BinaryFactorProduct(WorkerTeam team) {
    this.team = team;
    workers = new FactorWorker[team.threads()];
    Arrays.setAll(workers, i -> new FactorWorker(i, workers.length));
  }

  /**
   * Computes the layer for each row.
   *
   * @param w the layer
   * @param x [rows, inputs]
   * @param y rows of {@code yStride} values, of which {@code outputs} from {@code yOffset} are
   *     written
   */
  void apply(PackedFactors w, float[] x, int rows, float[] y, int yOffset, int yStride) {
    LinearShape.check(w, x.length, rows, y.length, yOffset, yStride);
    int size = Math.multiplyExact(w.inputPanels() * Math.min(rows, PASS), w.hidden());
    for (int i = 0; i < partial.length; i++) {
      if (partial[i].length < size) {
        partial[i] = new float[size];
      }
    }
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
    PackedFactors w = Objects.requireNonNull(weights);
    FactorWorker own = workers[worker];
    for (int first = 0, pass = 0; first < rows; first += PASS, pass ^= 1) {
      int count = Math.min(PASS, rows - first);
      own.project(w, x, first * w.inputs(), count, partial[pass]);
      team.barrier();
      own.expand(w, partial[pass], count, y, first * yStride + yOffset, yStride);
    }
  }
}
