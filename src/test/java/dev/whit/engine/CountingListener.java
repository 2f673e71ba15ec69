package dev.whit.engine;

import dev.whit.backend.BackendListener;
import dev.whit.backend.RejectedException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Keeps what a backend tells about its work. */
final class CountingListener implements BackendListener {
  final List<StepStats> steps = new CopyOnWriteArrayList<>();
  final List<GenerationStats> finished = new CopyOnWriteArrayList<>();
  final List<Integer> prompts = new CopyOnWriteArrayList<>();
  final List<Duration> firstTokens = new CopyOnWriteArrayList<>();
  final List<Duration> laterTokens = new CopyOnWriteArrayList<>();
  final AtomicInteger accepted = new AtomicInteger();
  final AtomicInteger rejected = new AtomicInteger();

  @Override
  public void onStep(StepStats stats) {
    steps.add(stats);
  }

  @Override
  public void onAccepted() {
    accepted.incrementAndGet();
  }

  @Override
  public void onPrompt(int tokens) {
    prompts.add(tokens);
  }

  @Override
  public void onFirstToken(Duration sinceArrival) {
    firstTokens.add(sinceArrival);
  }

  @Override
  public void onToken(Duration sincePrevious) {
    laterTokens.add(sincePrevious);
  }

  @Override
  public void onFinished(GenerationStats stats) {
    finished.add(stats);
  }

  @Override
  public void onRejected(RejectedException.Reason reason) {
    rejected.incrementAndGet();
  }

  StepStats lastStep() {
    return steps.getLast();
  }
}
