package dev.whit.kernel.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Rotary position embedding of the first heads of each row, halves paired. */
final class VectorRope extends RowOperation {
  private static final VectorSpecies<Float> FLOAT = Species.FLOAT;
  private static final int LANES = Species.LANES;

  private float[] x = {};
  private float[] cos = {};
  private float[] sin = {};
  private int stride;
  private int heads;
  private int headDim;
  private int half;

  VectorRope(WorkerTeam team) {
    super(team);
  }

  void apply(
      float[] x,
      int rows,
      int stride,
      int heads,
      int headDim,
      int rotaryDim,
      float[] cos,
      float[] sin) {
    this.x = x;
    this.stride = stride;
    this.heads = heads;
    this.headDim = headDim;
    this.half = rotaryDim / 2;
    this.cos = cos;
    this.sin = sin;
    runRows(rows, heads * rotaryDim);
  }

  @Override
  void compute(int worker, int from, int to) {
    for (int row = from; row < to; row++) {
      for (int h = 0; h < heads; h++) {
        rotate(x, row * stride + h * headDim, half, cos, sin, row * half);
      }
    }
  }

  private static void rotate(float[] x, int first, int half, float[] cos, float[] sin, int angles) {
    int i = 0;
    for (; i <= half - LANES; i += LANES) {
      FloatVector a = FloatVector.fromArray(FLOAT, x, first + i);
      FloatVector b = FloatVector.fromArray(FLOAT, x, first + half + i);
      FloatVector c = FloatVector.fromArray(FLOAT, cos, angles + i);
      FloatVector s = FloatVector.fromArray(FLOAT, sin, angles + i);
      a.mul(c).sub(b.mul(s)).intoArray(x, first + i);
      b.mul(c).add(a.mul(s)).intoArray(x, first + half + i);
    }
    for (; i < half; i++) {
      float a = x[first + i];
      float b = x[first + half + i];
      float c = cos[angles + i];
      float s = sin[angles + i];
      x[first + i] = a * c - b * s;
      x[first + half + i] = b * c + a * s;
    }
  }
}
