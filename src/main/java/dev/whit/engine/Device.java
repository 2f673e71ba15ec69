package dev.whit.engine;

import dev.whit.kernel.Kernels;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The one device that all engines of the process share: owns its {@link Kernels} and decides whose
 * step runs next. Engines take turns in order of asking, one step each, so that no model starves
 * another and two never compute at the same time.
 */
public final class Device implements AutoCloseable {
  private final Kernels kernels;
  private final ReentrantLock turns = new ReentrantLock(true);

  /** A device that computes with these kernels, which it closes. */
  public Device(Kernels kernels) {
    this.kernels = kernels;
  }

  /** What computes; to be used within a {@link #turn}. */
  public Kernels kernels() {
    return kernels;
  }

  /** Waits for a turn, and takes it: runs {@code step} while no other one runs. */
  public <T> T turn(Supplier<T> step) {
    turns.lock();
    try {
      return step.get();
    } finally {
      turns.unlock();
    }
  }

  /** Frees the kernels, in a turn of its own. Engines must be closed before. */
  @Override
  public void close() {
    turns.lock();
    try {
      kernels.close();
    } finally {
      turns.unlock();
    }
  }
}
