package dev.whit.kernel.cpu;

import dev.whit.kernel.cpu.PackedFactors.InputGroup;
import dev.whit.kernel.cpu.PackedFactors.OutputPath;
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

  /** Most blocks of U whose sums, of a tile, are held before they are added to the outputs. */
  private static final int CHUNK = 128;

  private static final int BLOCK = PackedSigns.BLOCK;
  private static final LookupKernel KERNEL = LookupKernel.preferred();

  private final WorkerTeam team;
  private final WorkerTeam.Task task = this::work;
  private final Scratch[] scratch;

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
    scratch = new Scratch[team.threads()];
    Arrays.setAll(scratch, i -> new Scratch());
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
    team.run(task);
  }

  private void work(int worker, int workers) {
    PackedFactors w = Objects.requireNonNull(weights);
    Scratch own = scratch[worker];
    for (int first = 0, pass = 0; first < rows; first += PASS, pass ^= 1) {
      int count = Math.min(PASS, rows - first);
      project(w, first, count, partial[pass], worker, workers, own);
      team.barrier();
      expand(w, first, count, partial[pass], worker, workers, own);
    }
  }

  /** This worker's share of V · (pre ⊙ x), unsummed over panels. */
  private void project(
      PackedFactors w, int first, int count, float[] sums, int worker, int workers, Scratch own) {
    int hidden = w.hidden();
    long units = (long) w.inputPanels() * (hidden / BLOCK);
    long from = units * worker / workers;
    long to = units * (worker + 1) / workers;
    long passed = 0;
    for (InputGroup group : w.groups()) {
      PackedSigns v = group.v();
      for (int panel = 0; panel < v.panels(); panel++) {
        int begin = Math.clamp(from - passed, 0, v.blocks());
        int end = Math.clamp(to - passed, 0, v.blocks());
        passed += v.blocks();
        int out = panel * count * hidden + group.hiddenOffset() + begin * BLOCK;
        for (int t = 0, tile; begin < end && t < count; t += tile) {
          tile = tile(count - t);
          for (int i = 0; i < tile; i++) {
            own.scaleInputs(group, x, (first + t + i) * w.inputs(), panel);
            own.buildTables(v, panel, i);
          }
          own.multiply(v, panel, begin, end, tile, sums, out + t * hidden, hidden);
        }
      }
    }
  }

  /** This worker's outputs, from the hidden values' partial sums. */
  private void expand(
      PackedFactors w, int first, int count, float[] sums, int worker, int workers, Scratch own) {
    int end = w.firstOutput(worker + 1, workers);
    // One block less than fits: a path whose offset is no multiple of 16 may begin within one.
    int chunk = ((count < LookupKernel.TILE ? LookupKernel.TILE * CHUNK : CHUNK) - 1) * BLOCK;
    for (int begin = w.firstOutput(worker, workers), next; begin < end; begin = next) {
      next = Math.min(end, begin + chunk);
      for (int t = 0, tile; t < count; t += tile) {
        tile = tile(count - t);
        for (int i = 0; i < tile; i++) {
          initialize(w, begin, next, yOffset + (first + t + i) * yStride);
        }
        for (OutputPath path : w.paths()) {
          int from = Math.max(begin - path.outOffset(), 0);
          int to = Math.min(next - path.outOffset(), path.outputs());
          if (from < to) {
            addPath(w, path, from, to, first + t, t, tile, count, sums, own);
          }
        }
      }
    }
  }

  /** Adds outputs {@code from … to − 1} of a path for {@code tile} rows. */
  private void addPath(
      PackedFactors w,
      OutputPath path,
      int from,
      int to,
      int row,
      int passRow,
      int tile,
      int passRows,
      float[] sums,
      Scratch own) {
    PackedSigns u = path.u();
    int firstBlock = from / BLOCK;
    int endBlock = PackedSigns.blocks(to);
    int stride = (endBlock - firstBlock) * BLOCK;
    for (int panel = 0; panel < u.panels(); panel++) {
      for (int i = 0; i < tile; i++) {
        int hidden = (passRow + i) * w.hidden() + path.hiddenOffset();
        own.scaleHidden(path, panel, sums, hidden, passRows * w.hidden(), w.inputPanels());
        own.buildTables(u, panel, i);
      }
      own.multiply(u, panel, firstBlock, endBlock, tile, own.sums, 0, stride);
      for (int i = 0; i < tile; i++) {
        int target = yOffset + (row + i) * yStride + path.outOffset();
        addScaled(path.post(), own.sums, i * stride - firstBlock * BLOCK, from, to, y, target);
      }
    }
  }

  private static int tile(int rowsLeft) {
    return rowsLeft < LookupKernel.TILE ? 1 : LookupKernel.TILE;
  }

  private void initialize(PackedFactors w, int from, int to, int target) {
    float[] bias = w.bias();
    if (bias == null) {
      Arrays.fill(y, target + from, target + to, 0f);
    } else {
      System.arraycopy(bias, from, y, target + from, to - from);
    }
  }

  /** {@code y[target + o] += scale[o] · sums[offset + o]} for {@code from ≤ o < to}. */
  private static void addScaled(
      float[] scale, float[] sums, int offset, int from, int to, float[] y, int target) {
    for (int o = from; o < to; o++) {
      y[target + o] += scale[o] * sums[offset + o];
    }
  }

  /** What one worker needs for itself: one panel's inputs, tables and sums. */
  private static final class Scratch {
    private final float[] inputs = new float[PackedSigns.MAX_PANEL * PackedSigns.WORD_COLUMNS];
    private final int[] tables =
        new int[LookupKernel.TILE * PackedSigns.MAX_PANEL * KERNEL.tableSize()];
    private final float[] sums = new float[LookupKernel.TILE * CHUNK * BLOCK];

    /** {@code pre ⊙ x} of a panel, padded with zeros to whole words. */
    void scaleInputs(InputGroup group, float[] x, int offset, int panel) {
      PackedSigns v = group.v();
      int first = v.panelStart(panel) * PackedSigns.WORD_COLUMNS;
      int length = Math.min(v.panelLength(panel) * PackedSigns.WORD_COLUMNS, v.cols() - first);
      float[] pre = group.pre();
      for (int i = 0; i < length; i++) {
        inputs[i] = pre[first + i] * x[offset + first + i];
      }
      Arrays.fill(inputs, length, v.panelLength(panel) * PackedSigns.WORD_COLUMNS, 0f);
    }

    /** {@code mid ⊙ Σ_panels sums} of a panel of U, padded with zeros to whole words. */
    void scaleHidden(
        OutputPath path, int panel, float[] sums, int offset, int stride, int inputPanels) {
      PackedSigns u = path.u();
      int first = u.panelStart(panel) * PackedSigns.WORD_COLUMNS;
      int length = Math.min(u.panelLength(panel) * PackedSigns.WORD_COLUMNS, u.cols() - first);
      System.arraycopy(sums, offset + first, inputs, 0, length);
      for (int p = 1; p < inputPanels; p++) {
        int from = offset + p * stride + first;
        for (int i = 0; i < length; i++) {
          inputs[i] += sums[from + i];
        }
      }
      float[] mid = path.mid();
      if (mid != null) {
        for (int i = 0; i < length; i++) {
          inputs[i] *= mid[first + i];
        }
      }
      Arrays.fill(inputs, length, u.panelLength(panel) * PackedSigns.WORD_COLUMNS, 0f);
    }

    /** Builds the tables of the scaled inputs as those of vector {@code index} of a tile. */
    void buildTables(PackedSigns signs, int panel, int index) {
      int words = signs.panelLength(panel);
      KERNEL.buildTables(inputs, words, tables, index * words * KERNEL.tableSize());
    }

    /** Products of a panel's blocks with the vectors whose tables were built. */
    void multiply(
        PackedSigns signs,
        int panel,
        int firstBlock,
        int endBlock,
        int tile,
        float[] out,
        int offset,
        int stride) {
      int from = signs.index(panel, firstBlock);
      int words = signs.panelLength(panel);
      int blocks = endBlock - firstBlock;
      if (tile == 1) {
        KERNEL.multiply(signs.words(), from, words, blocks, tables, out, offset);
      } else {
        KERNEL.multiplyTile(signs.words(), from, words, blocks, tables, out, offset, stride);
      }
    }
  }
}
