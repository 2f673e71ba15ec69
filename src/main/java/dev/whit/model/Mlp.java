package dev.whit.model;

import dev.whit.kernel.Activation;
import dev.whit.kernel.Buffer;
import dev.whit.kernel.Kernels;

/**
 * The feed-forward layer: {@code down(f(gate(x)) ⊙ up(x))}, or {@code down(f(up(x)))} without a
 * gate.
 */
public final class Mlp {
  private final Activation activation;
  private final boolean gated;
  private final StackedLinear up;
  private final LinearLayer down;

  /**
   * @param up hidden → gate‖up, [2·intermediate], or [intermediate] without a gate
   * @param down intermediate → hidden
   */
  public Mlp(Activation activation, boolean gated, StackedLinear up, LinearLayer down) {
    this.activation = activation;
    this.gated = gated;
    this.up = up;
    this.down = down;
  }

  /**
   * Writes the workspace's {@code branch}.
   *
   * @param x [rows, hidden]
   */
  void forward(Kernels kernels, int rows, Buffer x, Workspace work) {
    if (gated) {
      up.apply(kernels, x, rows, work.gateUp);
      kernels.gatedActivation(activation, work.gateUp, rows, down.inputs(), work.activated);
    } else {
      up.apply(kernels, x, rows, work.activated);
      kernels.activation(activation, work.activated, rows, down.inputs());
    }
    down.apply(kernels, work.activated, rows, work.branch, 0, down.outputs());
  }
}
