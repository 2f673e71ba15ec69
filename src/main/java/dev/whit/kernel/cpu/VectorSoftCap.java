package dev.whit.kernel.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@code x = cap · tanh(x / cap)}, a piece of a row at a time in arrays that fit the L1 cache. */
final class VectorSoftCap extends RowOperation {
  private static final VectorSpecies<Float> FLOAT = Species.FLOAT;
  private static final int LANES = Species.LANES;

  /** Values of a piece; a multiple of every vector's lanes. */
  private static final int PIECE = 512;

  private final float[][] pieces;
  private final float[][] works;
  private float[] x = {};
  private float cap;
  private int width;

  VectorSoftCap(WorkerTeam team) {
    super(team);
    pieces = new float[team.threads()][PIECE];
    works = new float[team.threads()][PIECE];
  }

  void apply(float[] x, float cap, int rows, int width) {
    this.x = x;
    this.cap = cap;
    this.width = width;
    runRows(rows, width);
  }

  @Override
  void compute(int worker, int from, int to) {
    float[] piece = pieces[worker];
    for (int at = from * width; at < to * width; at += PIECE) {
      int length = Math.min(PIECE, to * width - at);
      System.arraycopy(x, at, piece, 0, length);
      scale(piece, 1 / cap, length);
      VectorMath.tanh(piece, 0, length, works[worker]);
      scale(piece, cap, length);
      System.arraycopy(piece, 0, x, at, length);
    }
  }

  private static void scale(float[] a, float factor, int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector.fromArray(FLOAT, a, i).mul(factor).intoArray(a, i);
    }
  }
}
