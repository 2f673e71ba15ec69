package dev.whit.app;

import dev.whit.backend.BackendListener;
import dev.whit.backend.RequestLabel;
import java.util.concurrent.CountDownLatch;

/**
 * Keeps the warm-up out of the figures: passes nothing on until it is opened. The warm-up is over
 * with the step that follows its end, not with its last event.
 */
final class ListenerGate implements BackendListener {
  private final CountDownLatch idle = new CountDownLatch(1);
  private volatile BackendListener target = BackendListener.NONE;

  /** Waits for the first step after which nothing runs; from then on {@code listener} hears all. */
  void openWhenIdle(BackendListener listener) throws InterruptedException {
    idle.await();
    target = listener;
  }

  @Override
  public void onStep(StepStats stats) {
    target.onStep(stats);
    if (stats.running() == 0 && stats.waiting() == 0) {
      idle.countDown();
    }
  }

  @Override
  public BackendListener forGeneration(RequestLabel label) {
    return target.forGeneration(label);
  }
}
