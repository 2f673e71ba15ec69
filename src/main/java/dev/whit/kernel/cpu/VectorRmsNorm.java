package dev.whit.kernel.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@code out = weight ⊙ x / sqrt(mean(x²) + epsilon)} for some runs of each row. */
final class VectorRmsNorm extends RowOperation {
  private static final VectorSpecies<Float> FLOAT = Species.FLOAT;
  private static final int LANES = Species.LANES;

  private final float[][] lanes;
  private float[] x = {};
  private float[] weight = {};
  private float[] out = {};
  private float epsilon;
  private int stride;
  private int offset;
  private int heads;
  private int width;

  VectorRmsNorm(WorkerTeam team) {
    super(team);
    lanes = new float[team.threads()][LANES];
  }

  /** Normalises {@code heads} runs of {@code width} values from {@code offset} of each row. */
  void apply(
      float[] x,
      float[] weight,
      float epsilon,
      int rows,
      int stride,
      int offset,
      int heads,
      int width,
      float[] out) {
    this.x = x;
    this.weight = weight;
    this.epsilon = epsilon;
    this.stride = stride;
    this.offset = offset;
    this.heads = heads;
    this.width = width;
    this.out = out;
    runRows(rows, heads * width);
  }

  @Override
  void compute(int worker, int from, int to) {
    for (int row = from; row < to; row++) {
      for (int h = 0; h < heads; h++) {
        int at = row * stride + offset + h * width;
        float mean = sumOfSquares(x, at, width, lanes[worker]) / width;
        float scale = (float) (1 / Math.sqrt(mean + (double) epsilon));
        scale(x, at, scale, weight, width, out);
      }
    }
  }

  /** Sum of squares in a fixed order: four accumulators, then their lanes, then the tail. */
  private static float sumOfSquares(float[] x, int at, int width, float[] lanes) {
    FloatVector s0 = FloatVector.zero(FLOAT);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    int i = 0;
    for (; i <= width - 4 * LANES; i += 4 * LANES) {
      FloatVector v0 = FloatVector.fromArray(FLOAT, x, at + i);
      FloatVector v1 = FloatVector.fromArray(FLOAT, x, at + i + LANES);
      FloatVector v2 = FloatVector.fromArray(FLOAT, x, at + i + 2 * LANES);
      FloatVector v3 = FloatVector.fromArray(FLOAT, x, at + i + 3 * LANES);
      s0 = v0.fma(v0, s0);
      s1 = v1.fma(v1, s1);
      s2 = v2.fma(v2, s2);
      s3 = v3.fma(v3, s3);
    }
    for (; i <= width - LANES; i += LANES) {
      FloatVector v = FloatVector.fromArray(FLOAT, x, at + i);
      s0 = v.fma(v, s0);
    }
    s0.add(s1).add(s2.add(s3)).intoArray(lanes, 0);
    float sum = 0;
    for (float lane : lanes) {
      sum += lane;
    }
    for (; i < width; i++) {
      sum = Math.fma(x[at + i], x[at + i], sum);
    }
    return sum;
  }

  private static void scale(
      float[] x, int at, float scale, float[] weight, int width, float[] out) {
    int i = 0;
    for (; i <= width - LANES; i += LANES) {
      FloatVector.fromArray(FLOAT, x, at + i)
          .mul(scale)
          .mul(FloatVector.fromArray(FLOAT, weight, i))
          .intoArray(out, at + i);
    }
    for (; i < width; i++) {
      out[at + i] = x[at + i] * scale * weight[i];
    }
  }
}
