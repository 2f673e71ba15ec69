package dev.whit.app;

import dev.whit.backend.BackendListener;
import dev.whit.backend.RejectedException;
import java.time.Duration;

/** Keeps the warm-up out of the figures: passes nothing on until it is opened. */
final class ListenerGate implements BackendListener {
  private volatile BackendListener target = BackendListener.NONE;

  /** From now on, {@code listener} hears everything. */
  void open(BackendListener listener) {
    target = listener;
  }

  @Override
  public void onStep(StepStats stats) {
    target.onStep(stats);
  }

  @Override
  public void onFirstToken(Duration sinceArrival) {
    target.onFirstToken(sinceArrival);
  }

  @Override
  public void onToken(Duration sincePrevious) {
    target.onToken(sincePrevious);
  }

  @Override
  public void onFinished(GenerationStats stats) {
    target.onFinished(stats);
  }

  @Override
  public void onRejected(RejectedException.Reason reason) {
    target.onRejected(reason);
  }
}
