package dev.whit.kernel.cpu;

import dev.whit.kernel.Activation;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@code out = f(gate) ⊙ up}, or {@code x = f(x)}, a piece of a row at a time in arrays that fit
 * the L1 cache.
 */
final class VectorActivation extends RowOperation {
  private static final VectorSpecies<Float> FLOAT = Species.FLOAT;
  private static final int LANES = Species.LANES;

  /** Values of a piece; a multiple of every vector's lanes. */
  private static final int PIECE = 512;

  private final Workspace[] workspaces;
  private Activation f = Activation.SILU;
  private boolean gated;

  /** Gates and their factors, or the values themselves. */
  private float[] source = {};

  private float[] out = {};
  private int width;

  /** One worker's piece. */
  private static final class Workspace {
    final float[] gate = new float[PIECE];
    final float[] up = new float[PIECE];
    final float[] exp = new float[PIECE];
    final float[] reciprocal = new float[PIECE];
  }

  VectorActivation(WorkerTeam team) {
    super(team);
    workspaces = new Workspace[team.threads()];
    Arrays.setAll(workspaces, i -> new Workspace());
  }

  void apply(Activation f, float[] gateUp, int rows, int width, float[] out) {
    gated = true;
    run(f, gateUp, rows, width, out);
  }

  void apply(Activation f, float[] x, int rows, int width) {
    gated = false;
    run(f, x, rows, width, x);
  }

  private void run(Activation f, float[] source, int rows, int width, float[] out) {
    this.f = f;
    this.source = source;
    this.width = width;
    this.out = out;
    runRows(rows, width);
  }

  @Override
  void compute(int worker, int from, int to) {
    Workspace own = workspaces[worker];
    for (int row = from; row < to; row++) {
      for (int i = 0; i < width; i += PIECE) {
        int length = Math.min(PIECE, width - i);
        if (gated) {
          System.arraycopy(source, 2 * row * width + i, own.gate, 0, length);
          System.arraycopy(source, (2 * row + 1) * width + i, own.up, 0, length);
        } else {
          System.arraycopy(source, row * width + i, own.gate, 0, length);
          Arrays.fill(own.up, 0, length, 1);
        }
        activate(own, length);
        System.arraycopy(own.gate, 0, out, row * width + i, length);
      }
    }
  }

  private void activate(Workspace own, int length) {
    switch (f) {
      case SILU -> silu(own.gate, own.up, own.exp, length);
      case RELU -> relu(own.gate, own.up, length);
      case GELU -> gelu(own.gate, own.up, own.exp, own.reciprocal, length);
      case GELU_TANH -> geluTanh(own.gate, own.up, own.exp, length);
    }
  }

  private static void silu(float[] gate, float[] up, float[] exp, int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector.fromArray(FLOAT, gate, i).neg().intoArray(exp, i);
    }
    sigmoidGate(gate, up, exp, length);
  }

  /** By (1 + tanh u)/2 = 1/(1 + exp(−2u)), which keeps the digits of the negative tail. */
  private static void geluTanh(float[] gate, float[] up, float[] exp, int length) {
    float linear = (float) (-2 * Math.sqrt(2 / Math.PI));
    float cubic = (float) (0.044715 * -2 * Math.sqrt(2 / Math.PI));
    for (int i = 0; i < length; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOAT, gate, i);
      FloatVector.broadcast(FLOAT, cubic)
          .fma(x.mul(x), FloatVector.broadcast(FLOAT, linear))
          .mul(x)
          .intoArray(exp, i);
    }
    sigmoidGate(gate, up, exp, length);
  }

  /** {@code gate = up · gate / (1 + e^exp)}. */
  private static void sigmoidGate(float[] gate, float[] up, float[] exp, int length) {
    VectorMath.exp(exp, 0, length);
    for (int i = 0; i < length; i += LANES) {
      FloatVector.fromArray(FLOAT, gate, i)
          .div(FloatVector.fromArray(FLOAT, exp, i).add(1f))
          .mul(FloatVector.fromArray(FLOAT, up, i))
          .intoArray(gate, i);
    }
  }

  private static void relu(float[] gate, float[] up, int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector.fromArray(FLOAT, gate, i)
          .max(0f)
          .mul(FloatVector.fromArray(FLOAT, up, i))
          .intoArray(gate, i);
    }
  }

  /**
   * Φ(−|x|) = ½ erfc(z) with z = |x|/√2 and erfc(z) = t · exp(P(t) − z²), t = 1/(1 + z/2): the
   * quotient is smooth in 0 < t ≤ 1, and P a minimax polynomial of its logarithm, of error 1e-7.
   */
  private static void gelu(float[] gate, float[] up, float[] exp, float[] t, int length) {
    float rootEighth = (float) (1 / Math.sqrt(8));
    for (int i = 0; i < length; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOAT, gate, i);
      FloatVector one = FloatVector.broadcast(FLOAT, 1f);
      FloatVector v = one.div(x.abs().fma(FloatVector.broadcast(FLOAT, rootEighth), one));
      v.intoArray(t, i);
      FloatVector p =
          FloatVector.broadcast(FLOAT, 0.16876076f)
              .fma(v, FloatVector.broadcast(FLOAT, -0.8133248f))
              .fma(v, FloatVector.broadcast(FLOAT, 1.4732544f))
              .fma(v, FloatVector.broadcast(FLOAT, -1.1210995f))
              .fma(v, FloatVector.broadcast(FLOAT, 0.27135155f))
              .fma(v, FloatVector.broadcast(FLOAT, -0.18396622f))
              .fma(v, FloatVector.broadcast(FLOAT, 0.09638815f))
              .fma(v, FloatVector.broadcast(FLOAT, 0.37412503f))
              .fma(v, FloatVector.broadcast(FLOAT, 1.0000226f))
              .fma(v, FloatVector.broadcast(FLOAT, -1.2655122f));
      x.mul(-0.5f).fma(x, p).intoArray(exp, i);
    }
    VectorMath.exp(exp, 0, length);
    for (int i = 0; i < length; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOAT, gate, i);
      FloatVector tail =
          FloatVector.fromArray(FLOAT, exp, i).mul(FloatVector.fromArray(FLOAT, t, i)).mul(0.5f);
      FloatVector body = FloatVector.broadcast(FLOAT, 1f).sub(tail);
      body.blend(tail, x.compare(VectorOperators.LT, 0f))
          .mul(x)
          .mul(FloatVector.fromArray(FLOAT, up, i))
          .intoArray(gate, i);
    }
  }
}
