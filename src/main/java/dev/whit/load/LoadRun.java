package dev.whit.load;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Sends the requests of a workload when they are due, and waits for their answers. */
public final class LoadRun {
  /** A server that answers nothing must not make this process hold ever more connections. */
  private static final int MAX_UNANSWERED = 4096;

  /** A server that refuses at once is not asked again at once. */
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(100);

  private static final long PROGRESS_INTERVAL = TimeUnit.MILLISECONDS.toNanos(100);

  private final LoadSpec spec;
  private final LoadClient client;
  private final LoadListener listener;
  private final Workload workload;
  private final LoadRecorder recorder;
  private final AtomicInteger nextRequest = new AtomicInteger();
  private final long start = System.nanoTime();

  private LoadRun(LoadSpec spec, LoadClient client, LoadListener listener) {
    this.spec = spec;
    this.client = client;
    this.listener = listener;
    workload = new Workload(spec);
    recorder = new LoadRecorder(spec.slo());
  }

  /**
   * Runs a load to its end, which comes at most {@code duration + timeout} after its beginning.
   *
   * @throws InterruptedException if it was told to stop; what is unanswered is given up
   */
  public static LoadReport run(LoadSpec spec, LoadClient client, LoadListener listener)
      throws InterruptedException {
    return new LoadRun(spec, client, listener).run();
  }

  private LoadReport run() throws InterruptedException {
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    try {
      switch (spec.arrivals()) {
        case Arrivals.Closed(int concurrency) -> {
          for (int i = 0; i < concurrency; i++) {
            threads.execute(this::sendOneAfterAnother);
          }
        }
        case Arrivals.Open(double perSecond) -> sendAtRandomTimes(perSecond, threads);
      }
      threads.shutdown();
      while (!threads.awaitTermination(PROGRESS_INTERVAL, TimeUnit.NANOSECONDS)) {
        recorder.tell(listener);
      }
    } finally {
      threads.shutdownNow();
    }
    return recorder.report(Duration.ofNanos(System.nanoTime() - start));
  }

  /** What one client of a closed loop does. */
  private void sendOneAfterAnother() {
    try {
      for (int i = nextRequest.getAndIncrement();
          i < spec.requests() && System.nanoTime() - start < spec.duration().toNanos();
          i = nextRequest.getAndIncrement()) {
        if (send(i, System.nanoTime()) instanceof Outcome.Failed) {
          Thread.sleep(PAUSE_AFTER_FAILURE);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** An open loop: the times between arrivals are exponentially distributed. */
  private void sendAtRandomTimes(double perSecond, ExecutorService threads)
      throws InterruptedException {
    SplittableRandom random = new SplittableRandom(spec.seed());
    Semaphore unanswered = new Semaphore(MAX_UNANSWERED);
    double seconds = 0;
    for (int i = 0; i < spec.requests(); i++) {
      seconds += random.nextExponential() / perSecond;
      long due = start + (long) (seconds * 1e9);
      if (due - start >= spec.duration().toNanos()) {
        break;
      }
      sleepUntil(due);
      if (!unanswered.tryAcquire()) {
        recorder.sent();
        recorder.ended(
            new Outcome.Failed(
                "not sent", "%d requests are unanswered already".formatted(MAX_UNANSWERED)));
        continue;
      }
      int index = i;
      threads.execute(() -> {
        try {
          send(index, due);
        } finally {
          unanswered.release();
        }
      });
    }
  }

  private void sleepUntil(long due) throws InterruptedException {
    for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
      TimeUnit.NANOSECONDS.sleep(Math.min(left, PROGRESS_INTERVAL));
      recorder.tell(listener);
    }
  }

  private Outcome send(int index, long due) {
    recorder.sent();
    Outcome outcome = client.send(spec.endpoint(), workload.body(index), due, spec.timeout());
    recorder.ended(outcome);
    return outcome;
  }
}
