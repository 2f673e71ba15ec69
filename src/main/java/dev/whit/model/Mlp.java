package dev.whit.model;

import dev.whit.kernel.Activation;
import dev.whit.kernel.Kernels;

/** The gated feed-forward layer: {@code down(f(gate(x)) ⊙ up(x))}. */
public final class Mlp {
  private final Activation activation;
  private final StackedLinear gateUp;
  private final LinearLayer down;

  /**
   * @param gateUp hidden → gate‖up, [2·intermediate]
   * @param down intermediate → hidden
   */
  public Mlp(Activation activation, StackedLinear gateUp, LinearLayer down) {
    this.activation = activation;
    this.gateUp = gateUp;
    this.down = down;
  }

  /** Reads the workspace's {@code normed}, writes its {@code branch}. */
  void forward(Kernels kernels, int rows, Workspace work) {
    gateUp.apply(kernels, work.normed, rows, work.gateUp);
    kernels.gatedActivation(activation, work.gateUp, rows, down.inputs(), work.gated);
    down.apply(kernels, work.gated, rows, work.branch, 0, down.outputs());
  }
}
