package dev.whit.kernel.cpu;

import dev.whit.kernel.cpu.PackedFactors.InputGroup;
import dev.whit.kernel.cpu.PackedFactors.OutputPath;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * One worker's share of a {@link BinaryFactorProduct}, with the working space it has for itself:
 * the inputs and lookup tables of one panel, for the vectors of a tile.
 */
final class FactorWorker {
  /**
   * Most blocks of outputs in a chunk: its part of a panel of U stays in the second-level cache for
   * all rows of a pass.
   */
  private static final int CHUNK = 256;

  /** Blocks of a tile's products with U that the first-level cache holds beside their outputs. */
  private static final int STEP = 32;

  private static final VectorSpecies<Float> FLOAT = Species.FLOAT;
  private static final int LANES = Species.LANES;
  private static final int TILE = LookupKernel.TILE;
  private static final int BLOCK = PackedSigns.BLOCK;
  private static final LookupKernel KERNEL = LookupKernel.preferred();

  private final int worker;
  private final int workers;
  private final float[] inputs = new float[PackedSigns.MAX_PANEL * PackedSigns.WORD_COLUMNS];
  private final int[] tables = new int[TILE * PackedSigns.MAX_PANEL * KERNEL.tableSize()];

  /** Products with U; a path whose offset is no multiple of 16 may begin within a block. */
  private final float[] sums = new float[(TILE * CHUNK + 1) * BLOCK];

  /** The hidden values of a pass, scaled: [row of pass][hidden]. */
  private float[] scaled = {};

  FactorWorker(int worker, int workers) {
    this.worker = worker;
    this.workers = workers;
  }

  /**
   * V · (pre ⊙ x), unsummed over panels: a share of all panels' blocks, in one sequence.
   *
   * @param x the pass's rows, [count, inputs] from {@code xOffset}
   * @param partial receives [panel][count][hidden]
   */
  void project(PackedFactors w, float[] x, int xOffset, int count, float[] partial) {
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
            scaleInputs(group, panel, x, xOffset + (t + i) * w.inputs());
            buildTables(v, panel, i);
          }
          multiply(v, panel, begin, end, tile, partial, out + t * hidden, hidden);
        }
      }
    }
  }

  /**
   * The outputs of this worker's share, all paths and the bias.
   *
   * @param partial the hidden values, [panel][count][hidden]
   * @param y rows of {@code yStride} values; row 0's outputs begin at {@code yOffset}
   */
  void expand(PackedFactors w, float[] partial, int count, float[] y, int yOffset, int yStride) {
    scaleHidden(w, partial, count);
    int end = w.firstOutput(worker + 1, workers);
    int chunk = (count < TILE ? TILE * CHUNK : CHUNK) * BLOCK;
    for (int begin = w.firstOutput(worker, workers), next; begin < end; begin = next) {
      next = Math.min(end, begin + chunk);
      for (int t = 0, tile; t < count; t += tile) {
        tile = tile(count - t);
        for (int i = 0; i < tile; i++) {
          initialize(w.bias(), begin, next, y, yOffset + (t + i) * yStride);
        }
        for (OutputPath path : w.paths()) {
          int from = Math.max(begin - path.outOffset(), 0);
          int to = Math.min(next - path.outOffset(), path.outputs());
          int target = yOffset + t * yStride + path.outOffset();
          for (int panel = 0; from < to && panel < path.u().panels(); panel++) {
            for (int i = 0; i < tile; i++) {
              copyHidden(w, path, panel, t + i);
              buildTables(path.u(), panel, i);
            }
            addOutputs(path, panel, from, to, tile, y, target, yStride);
          }
        }
      }
    }
  }

  /** Adds a panel's part of the outputs {@code from … to − 1} of a path, for a tile of rows. */
  private void addOutputs(
      OutputPath path, int panel, int from, int to, int tile, float[] y, int target, int yStride) {
    int end = PackedSigns.blocks(to);
    int step = tile == 1 ? TILE * CHUNK + 1 : STEP;
    for (int first = from / BLOCK, next; first < end; first = next) {
      next = Math.min(first + step, end);
      int stride = (next - first) * BLOCK;
      multiply(path.u(), panel, first, next, tile, sums, 0, stride);
      int begin = Math.max(from, first * BLOCK);
      int stop = Math.min(to, next * BLOCK);
      for (int i = 0; i < tile; i++) {
        int sum = i * stride - first * BLOCK;
        addScaled(path.post(), sums, sum, begin, stop, y, target + i * yStride);
      }
    }
  }

  private static int tile(int rowsLeft) {
    return rowsLeft < TILE ? 1 : TILE;
  }

  private static void initialize(float @Nullable [] bias, int from, int to, float[] y, int target) {
    if (bias == null) {
      Arrays.fill(y, target + from, target + to, 0f);
    } else {
      System.arraycopy(bias, from, y, target + from, to - from);
    }
  }

  /** {@code y[target + o] += scale[o] · sums[offset + o]} for {@code from ≤ o < to}. */
  private static void addScaled(
      float[] scale, float[] sums, int offset, int from, int to, float[] y, int target) {
    int o = from;
    for (; o <= to - LANES; o += LANES) {
      FloatVector.fromArray(FLOAT, scale, o)
          .mul(FloatVector.fromArray(FLOAT, sums, offset + o))
          .add(FloatVector.fromArray(FLOAT, y, target + o))
          .intoArray(y, target + o);
    }
    for (; o < to; o++) {
      y[target + o] += scale[o] * sums[offset + o];
    }
  }

  /** {@code pre ⊙ x} of a panel, padded with zeros to whole words. */
  private void scaleInputs(InputGroup group, int panel, float[] x, int offset) {
    PackedSigns v = group.v();
    int first = v.panelStart(panel) * PackedSigns.WORD_COLUMNS;
    int length = v.panelColumns(panel);
    float[] pre = group.pre();
    VectorMath.multiply(pre, first, x, offset + first, length, inputs, 0);
    Arrays.fill(inputs, length, v.panelLength(panel) * PackedSigns.WORD_COLUMNS, 0f);
  }

  /** {@code mid ⊙ Σ_panels partial} of all paths and rows of a pass. */
  private void scaleHidden(PackedFactors w, float[] partial, int count) {
    int length = count * w.hidden();
    if (scaled.length < length) {
      scaled = new float[length];
    }
    System.arraycopy(partial, 0, scaled, 0, length);
    for (int panel = 1; panel < w.inputPanels(); panel++) {
      add(partial, panel * length, length, scaled);
    }
    for (OutputPath path : w.paths()) {
      float[] mid = path.mid();
      for (int row = 0; mid != null && row < count; row++) {
        int at = row * w.hidden() + path.hiddenOffset();
        VectorMath.multiply(mid, 0, scaled, at, mid.length, scaled, at);
      }
    }
  }

  /** A vector loop by hand: those that the compiler makes lose much on short lengths. */
  private static void add(float[] terms, int from, int length, float[] sums) {
    int i = 0;
    for (; i <= length - LANES; i += LANES) {
      FloatVector.fromArray(FLOAT, sums, i)
          .add(FloatVector.fromArray(FLOAT, terms, from + i))
          .intoArray(sums, i);
    }
    for (; i < length; i++) {
      sums[i] += terms[from + i];
    }
  }

  /** The scaled hidden values of a panel of U and a row of the pass, padded likewise. */
  private void copyHidden(PackedFactors w, OutputPath path, int panel, int row) {
    PackedSigns u = path.u();
    int first = u.panelStart(panel) * PackedSigns.WORD_COLUMNS;
    int length = u.panelColumns(panel);
    int source = row * w.hidden() + path.hiddenOffset() + first;
    System.arraycopy(scaled, source, inputs, 0, length);
    Arrays.fill(inputs, length, u.panelLength(panel) * PackedSigns.WORD_COLUMNS, 0f);
  }

  /** Builds the tables of the scaled inputs as those of vector {@code index} of a tile. */
  private void buildTables(PackedSigns signs, int panel, int index) {
    int words = signs.panelLength(panel);
    KERNEL.buildTables(inputs, words, tables, index * words * KERNEL.tableSize());
  }

  /** Products of a panel's blocks with the vectors whose tables were built. */
  private void multiply(
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
