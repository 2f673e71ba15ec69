package dev.whit.kernel;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A factorised layer with random content that keeps its signs as booleans too, so that its product
 * can be computed by definition without the packing.
 */
final class RandomFactors {
  private record Signs(boolean[][] v, boolean[][] u) {}

  private final Random random;
  private final int inputs;
  private final int outputs;
  private final List<BinaryFactorPath> paths = new ArrayList<>();
  private final List<Signs> signs = new ArrayList<>();
  private final List<SalientColumns> salient = new ArrayList<>();
  private final List<StoredMatrix> kept = new ArrayList<>();
  private float @Nullable [] bias;

  RandomFactors(long seed, int inputs, int outputs) {
    this.random = new Random(seed);
    this.inputs = inputs;
    this.outputs = outputs;
  }

  /** Adds a path that writes {@code count} outputs from {@code offset}. */
  RandomFactors path(int offset, int count, int rank, boolean withMid) {
    boolean[][] v = signs(rank, inputs);
    boolean[][] u = signs(count, rank);
    paths.add(
        new BinaryFactorPath(
            offset,
            scales(inputs),
            BitMatrix.pack(rank, inputs, (r, c) -> v[r][c]),
            withMid ? scales(rank) : null,
            BitMatrix.pack(count, rank, (r, c) -> u[r][c]),
            scales(count)));
    signs.add(new Signs(v, u));
    return this;
  }

  /** Keeps {@code count} columns, of {@code outputs} outputs from {@code offset}. */
  RandomFactors salient(int offset, int outputs, int count, FloatType type) {
    int[] index =
        random.ints(0, inputs).distinct().limit(Math.min(count, inputs)).sorted().toArray();
    StoredMatrix matrix = new StoredMatrix(type, outputs, index.length, random.nextLong());
    kept.add(matrix);
    salient.add(new SalientColumns(offset, index, matrix.block(Arena.ofAuto())));
    return this;
  }

  RandomFactors bias() {
    bias = scales(outputs);
    return this;
  }

  BinaryFactorSpec spec() {
    return new BinaryFactorSpec(inputs, outputs, paths, salient, bias);
  }

  /** The layer's product with {@code rows} rows of inputs, [rows, outputs]. */
  double[] product(float[] x, int rows) {
    double[] y = new double[rows * outputs];
    for (int row = 0; row < rows; row++) {
      float[] input = Arrays.copyOfRange(x, row * inputs, (row + 1) * inputs);
      for (int p = 0; p < paths.size(); p++) {
        addPath(paths.get(p), signs.get(p), input, y, row * outputs);
      }
      for (int p = 0; p < salient.size(); p++) {
        addColumns(salient.get(p), kept.get(p), input, y, row * outputs);
      }
      for (int o = 0; bias != null && o < outputs; o++) {
        y[row * outputs + o] += bias[o];
      }
    }
    return y;
  }

  private static void addColumns(
      SalientColumns columns, StoredMatrix kept, float[] x, double[] y, int offset) {
    for (int o = 0; o < columns.outputs(); o++) {
      for (int j = 0; j < columns.index().length; j++) {
        y[offset + columns.outOffset() + o] += (double) kept.element(o, j) * x[columns.index()[j]];
      }
    }
  }

  private static void addPath(
      BinaryFactorPath path, Signs signs, float[] x, double[] y, int offset) {
    float[] mid = path.mid();
    for (int k = 0; k < path.rank(); k++) {
      double inner = 0;
      for (int i = 0; i < x.length; i++) {
        double scaled = (double) path.pre()[i] * x[i];
        inner += signs.v[k][i] ? -scaled : scaled;
      }
      inner *= mid == null ? 1 : mid[k];
      for (int o = 0; o < path.outputs(); o++) {
        y[offset + path.outOffset() + o] += path.post()[o] * (signs.u[o][k] ? -inner : inner);
      }
    }
  }

  private boolean[][] signs(int rows, int cols) {
    boolean[][] signs = new boolean[rows][cols];
    for (boolean[] row : signs) {
      for (int c = 0; c < cols; c++) {
        row[c] = random.nextBoolean();
      }
    }
    return signs;
  }

  private float[] scales(int length) {
    float[] scales = new float[length];
    for (int i = 0; i < length; i++) {
      scales[i] = (float) random.nextGaussian();
    }
    return scales;
  }
}
