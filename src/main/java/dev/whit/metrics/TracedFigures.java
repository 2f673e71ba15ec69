package dev.whit.metrics;

import dev.whit.backend.BackendListener;
import dev.whit.backend.RejectedException;
import io.opentelemetry.context.Context;
import java.time.Duration;

/**
 * Passes the figures of a generation on as a part of its request's trace, so that histograms keep
 * the trace's id as an exemplar. The engine's thread, which brings them, works for everybody.
 *
 * @param trace what was current where the request came in
 */
record TracedFigures(BackendListener target, Context trace) implements BackendListener {
  @Override
  public void onAccepted() {
    trace.wrap(target::onAccepted).run();
  }

  @Override
  public void onPrompt(int tokens) {
    trace.wrap(() -> target.onPrompt(tokens)).run();
  }

  @Override
  public void onFirstToken(Duration sinceArrival) {
    trace.wrap(() -> target.onFirstToken(sinceArrival)).run();
  }

  @Override
  public void onToken(Duration sincePrevious) {
    trace.wrap(() -> target.onToken(sincePrevious)).run();
  }

  @Override
  public void onFinished(GenerationStats stats) {
    trace.wrap(() -> target.onFinished(stats)).run();
  }

  @Override
  public void onRejected(RejectedException.Reason reason) {
    trace.wrap(() -> target.onRejected(reason)).run();
  }
}
