package dev.whit.kernel.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@code out = weight ⊙ (x − mean(x)) / sqrt(var(x) + epsilon) + bias} for each row. */
final class VectorLayerNorm extends RowOperation {
  private static final VectorSpecies<Float> FLOAT = Species.FLOAT;
  private static final int LANES = Species.LANES;

  private final float[][] lanes;
  private float[] x = {};
  private float[] weight = {};
  private float[] bias = {};
  private float[] out = {};
  private float epsilon;
  private int width;

  VectorLayerNorm(WorkerTeam team) {
    super(team);
    lanes = new float[team.threads()][LANES];
  }

  void apply(
      float[] x, float[] weight, float[] bias, float epsilon, int rows, int width, float[] out) {
    this.x = x;
    this.weight = weight;
    this.bias = bias;
    this.epsilon = epsilon;
    this.width = width;
    this.out = out;
    runRows(rows, width);
  }

  @Override
  void compute(int worker, int from, int to) {
    for (int row = from; row < to; row++) {
      int at = row * width;
      float mean = sum(x, at, width, lanes[worker]) / width;
      // A second pass: E(x²) − mean² would lose the digits of a row far from 0.
      float variance = sumOfSquares(x, at, mean, width, lanes[worker]) / width;
      float scale = (float) (1 / Math.sqrt(variance + (double) epsilon));
      shiftAndScale(x, at, mean, scale, weight, bias, width, out);
    }
  }

  /** Sum lane by lane, then of the lanes, then of the tail. */
  private static float sum(float[] x, int at, int width, float[] lanes) {
    FloatVector s = FloatVector.zero(FLOAT);
    int i = 0;
    for (; i <= width - LANES; i += LANES) {
      s = s.add(FloatVector.fromArray(FLOAT, x, at + i));
    }
    s.intoArray(lanes, 0);
    float sum = 0;
    for (float lane : lanes) {
      sum += lane;
    }
    for (; i < width; i++) {
      sum += x[at + i];
    }
    return sum;
  }

  /** Sum of squared distances from the mean, in the same order. */
  private static float sumOfSquares(float[] x, int at, float mean, int width, float[] lanes) {
    FloatVector s = FloatVector.zero(FLOAT);
    int i = 0;
    for (; i <= width - LANES; i += LANES) {
      FloatVector v = FloatVector.fromArray(FLOAT, x, at + i).sub(mean);
      s = v.fma(v, s);
    }
    s.intoArray(lanes, 0);
    float sum = 0;
    for (float lane : lanes) {
      sum += lane;
    }
    for (; i < width; i++) {
      float v = x[at + i] - mean;
      sum = Math.fma(v, v, sum);
    }
    return sum;
  }

  private static void shiftAndScale(
      float[] x,
      int at,
      float mean,
      float scale,
      float[] weight,
      float[] bias,
      int width,
      float[] out) {
    int i = 0;
    for (; i <= width - LANES; i += LANES) {
      FloatVector.fromArray(FLOAT, x, at + i)
          .sub(mean)
          .mul(scale)
          .fma(FloatVector.fromArray(FLOAT, weight, i), FloatVector.fromArray(FLOAT, bias, i))
          .intoArray(out, at + i);
    }
    for (; i < width; i++) {
      out[at + i] = Math.fma((x[at + i] - mean) * scale, weight[i], bias[i]);
    }
  }
}
