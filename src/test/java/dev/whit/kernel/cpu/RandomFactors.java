package dev.whit.kernel.cpu;

import dev.whit.kernel.BinaryFactorPath;
import dev.whit.kernel.BinaryFactorSpec;
import dev.whit.kernel.BitMatrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Random factorised layers, and their product computed plainly in double. */
final class RandomFactors {
  private final RandomGenerator random;

  RandomFactors(RandomGenerator random) {
    this.random = random;
  }

  /** Normal values of the given scale. */
  float[] values(int length, float scale) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian() * scale;
    }
    return values;
  }

  /** Random signs; the bits past the last column are random too. */
  BitMatrix signs(int rows, int cols) {
    int[] words = random.ints((long) rows * BitMatrix.wordsPerRow(cols)).toArray();
    return new BitMatrix(rows, cols, MemorySegment.ofArray(words));
  }

  /** A path with its own scales. */
  BinaryFactorPath path(int outOffset, int inputs, int rank, int outputs, boolean mid) {
    return path(outOffset, values(inputs, 1f), rank, outputs, mid);
  }

  /** A path with a given input scale. */
  @SuppressWarnings("NullAway") // does not see a compiled record's nullable array components
  BinaryFactorPath path(int outOffset, float[] pre, int rank, int outputs, boolean mid) {
    return new BinaryFactorPath(
        outOffset,
        pre,
        signs(rank, pre.length),
        mid ? values(rank, 1f) : null,
        signs(outputs, rank),
        values(outputs, 1f));
  }

  /** A layer of the given paths. */
  @SuppressWarnings("NullAway") // as above
  BinaryFactorSpec layer(int outputs, boolean bias, BinaryFactorPath... paths) {
    return new BinaryFactorSpec(
        paths[0].inputs(), outputs, List.of(paths), bias ? values(outputs, 1f) : null);
  }

  /** One row's outputs in double, and in {@code scale} the size that rounding errors relate to. */
  static double[] product(BinaryFactorSpec spec, float[] x, int row, double @Nullable [] scale) {
    double[] y = new double[spec.outputs()];
    float[] bias = spec.bias();
    for (int o = 0; o < y.length; o++) {
      y[o] = bias == null ? 0 : bias[o];
    }
    for (BinaryFactorPath path : spec.paths()) {
      double[] hidden = new double[path.rank()];
      for (int k = 0; k < hidden.length; k++) {
        for (int i = 0; i < path.inputs(); i++) {
          double term = (double) path.pre()[i] * x[row * path.inputs() + i];
          hidden[k] += sign(path.v(), k, i) * term;
        }
        hidden[k] *= path.mid() == null ? 1 : path.mid()[k];
      }
      double norm = 0;
      for (double h : hidden) {
        norm += h * h;
      }
      for (int o = 0; o < path.outputs(); o++) {
        double sum = 0;
        for (int k = 0; k < hidden.length; k++) {
          sum += sign(path.u(), o, k) * hidden[k];
        }
        y[path.outOffset() + o] += path.post()[o] * sum;
        if (scale != null) {
          scale[path.outOffset() + o] += Math.abs(path.post()[o]) * Math.sqrt(norm);
        }
      }
    }
    return y;
  }

  private static int sign(BitMatrix m, int row, int col) {
    int word = m.words().getAtIndex(ValueLayout.JAVA_INT, (long) row * m.wordsPerRow() + col / 32);
    return (word >>> col % 32 & 1) == 0 ? 1 : -1;
  }
}
