package dev.whit.kernel.cpu;

import dev.whit.kernel.BinaryFactorPath;
import dev.whit.kernel.BinaryFactorSpec;
import dev.whit.kernel.BitMatrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Random layers of real shapes, and a plain product to check a benchmark's answer with. */
final class RandomLayers {
  private static final ValueLayout.OfInt LE_INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final SplittableRandom random;

  RandomLayers(long seed) {
    random = new SplittableRandom(seed);
  }

  /** Values in [−1, 1). */
  float[] values(int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }

  /** A matrix of random signs. */
  BitMatrix signs(int rows, int cols) {
    MemorySegment words =
        MemorySegment.ofArray(random.ints((long) rows * BitMatrix.wordsPerRow(cols)).toArray());
    return new BitMatrix(rows, cols, words);
  }

  /**
   * Stacked projections of one input, each of two paths of one rank: LittleBit with its residual.
   */
  BinaryFactorSpec littleBit(double bits, int inputs, int... outputs) {
    List<BinaryFactorPath> paths = new ArrayList<>();
    int offset = 0;
    for (int out : outputs) {
      int rank = littleBitRank(bits, inputs, out);
      for (int i = 0; i < 2; i++) {
        paths.add(
            new BinaryFactorPath(
                offset,
                values(inputs),
                signs(rank, inputs),
                values(rank),
                signs(out, rank),
                values(out)));
      }
      offset += out;
    }
    return new BinaryFactorSpec(inputs, offset, paths, null);
  }

  /** The rank of each of two paths at which a layer has the given effective bits per weight. */
  private static int littleBitRank(double bits, double a, double b) {
    double rank = (bits * a * b - 32 * (a + b)) / (2 * (a + b + 16));
    return Math.max(8, (int) (rank / 8) * 8);
  }

  /**
   * Checks some outputs of one row against sums in double.
   *
   * @throws IllegalStateException if one is wrong
   */
  static void check(BinaryFactorSpec spec, float[] x, float[] y) {
    double[][] hidden = new double[spec.paths().size()][];
    for (int p = 0; p < hidden.length; p++) {
      BinaryFactorPath path = spec.paths().get(p);
      hidden[p] = new double[path.rank()];
      for (int k = 0; k < path.rank(); k++) {
        for (int i = 0; i < path.inputs(); i++) {
          hidden[p][k] += (double) sign(path.v(), k, i) * path.pre()[i] * x[i];
        }
        hidden[p][k] *= path.mid() == null ? 1 : path.mid()[k];
      }
    }
    for (int o = 0; o < spec.outputs(); o += 97) {
      double expected = 0;
      double scale = 0;
      for (int p = 0; p < hidden.length; p++) {
        BinaryFactorPath path = spec.paths().get(p);
        int row = o - path.outOffset();
        if (row >= 0 && row < path.outputs()) {
          double norm = 0;
          for (int k = 0; k < path.rank(); k++) {
            expected += sign(path.u(), row, k) * hidden[p][k] * path.post()[row];
            norm += hidden[p][k] * hidden[p][k];
          }
          scale += Math.sqrt(norm) * Math.abs(path.post()[row]);
        }
      }
      if (!(Math.abs(y[o] - expected) <= 5e-6 * scale)) {
        throw new IllegalStateException("output " + o + " is " + y[o] + ", not " + expected);
      }
    }
  }

  private static int sign(BitMatrix m, int row, int col) {
    int word = m.words().get(LE_INT, ((long) row * m.wordsPerRow() + col / 32) * 4);
    return (word >>> col % 32 & 1) == 0 ? 1 : -1;
  }
}
