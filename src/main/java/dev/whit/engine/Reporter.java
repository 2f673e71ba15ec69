package dev.whit.engine;

import dev.whit.backend.BackendListener;
import dev.whit.backend.BackendListener.GenerationStats;
import dev.whit.backend.BackendListener.StepStats;
import dev.whit.backend.CancelCause;
import dev.whit.backend.GenerationEvent;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Tells listeners what happened, and those of figures how long it took. What a listener throws ends
 * at most its own generation. Used by the engine thread.
 */
final class Reporter {
  private static final Logger LOG = System.getLogger(Engine.class.getName());

  private final BackendListener listener;
  private final Admission admission;
  private final LongSupplier clock;

  /**
   * A reporter.
   *
   * @param listener hears of steps
   * @param clock ns, from an arbitrary origin
   */
  Reporter(BackendListener listener, Admission admission, LongSupplier clock) {
    this.listener = listener;
    this.admission = admission;
    this.clock = clock;
  }

  /** A step with these sequences begins. */
  void started(SchedulerOutput output) {
    long now = clock.getAsLong();
    output.chunks().forEach(chunk -> chunk.sequence().timeline().started(now));
  }

  /** Delivers events in order. */
  void report(List<SequenceEvent> events) {
    for (SequenceEvent event : events) {
      // Figures first: who has seen the end of a generation finds it counted and its place free.
      count(event.sequence(), event.event());
      deliver(event.sequence(), event.event());
    }
  }

  /** Delivers the state after a step. */
  void report(StepStats stats) {
    contained(() -> listener.onStep(stats));
  }

  private void count(Sequence sequence, GenerationEvent event) {
    Timeline timeline = sequence.timeline();
    BackendListener figures = sequence.figures();
    long now = clock.getAsLong();
    switch (event) {
      case GenerationEvent.PromptCached cached -> {}
      case GenerationEvent.PromptScored scored -> {}
      case GenerationEvent.Embedded embedded -> {}
      case GenerationEvent.Token token -> {
        boolean first = timeline.tokens() == 0;
        if (first) {
          contained(() -> figures.onPrompt(sequence.promptLength()));
        }
        var elapsed = timeline.token(now);
        contained(first ? () -> figures.onFirstToken(elapsed) : () -> figures.onToken(elapsed));
      }
      case GenerationEvent.Finished finished -> {
        if (timeline.tokens() == 0) { // nothing but the prompt was wanted
          contained(() -> figures.onPrompt(sequence.promptLength()));
        }
        ended(sequence, finished, now);
      }
      case GenerationEvent.Cancelled cancelled -> ended(sequence, cancelled, now);
      case GenerationEvent.Failed failed -> {
        LOG.log(
            Level.WARNING, "request {0} failed: {1}", sequence.request().id(), failed.message());
        ended(sequence, failed, now);
      }
    }
  }

  private void ended(Sequence sequence, GenerationEvent outcome, long now) {
    GenerationStats stats = sequence.timeline().stats(outcome, sequence.promptLength(), now);
    admission.leave(sequence, stats.total().minus(stats.queued()));
    contained(() -> sequence.figures().onFinished(stats));
  }

  private static void deliver(Sequence sequence, GenerationEvent event) {
    try {
      sequence.listener().onEvent(event);
    } catch (RuntimeException | Error e) {
      LOG.log(Level.ERROR, "listener of request " + sequence.request().id() + " failed", e);
      sequence.cancel(CancelCause.CLIENT_GONE);
    }
  }

  private static void contained(Runnable notification) {
    try {
      notification.run();
    } catch (RuntimeException | Error e) {
      LOG.log(Level.ERROR, "backend listener failed", e);
    }
  }
}
