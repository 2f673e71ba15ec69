package dev.whit.engine;

import dev.whit.backend.Backend;
import dev.whit.backend.BackendInfo;
import dev.whit.backend.BackendListener;
import dev.whit.backend.CancelCause;
import dev.whit.backend.Generation;
import dev.whit.backend.GenerationEvent;
import dev.whit.backend.GenerationListener;
import dev.whit.backend.GenerationRequest;
import dev.whit.backend.RejectedException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * The step loop of one model. One thread owns the scheduler, the sequences and the runner; other
 * threads only put sequences into {@link Admission} and set a sequence's cause of cancellation. The
 * thread parks while there is nothing to do.
 *
 * <p>A step that throws an exception is tried again for one sequence after the other: who is to
 * blame fails alone. One that throws an {@link Error} (a broken device, a mapped file that was
 * truncated) fails all its sequences; when that repeats the engine has failed: all its sequences
 * fail, its memory is freed, and it takes no more.
 */
public final class Engine implements Backend {
  private static final Logger LOG = System.getLogger(Engine.class.getName());
  private static final int MAX_ERRORS = 2;
  private static final Duration LONGEST_STEP = Duration.ofMinutes(2);
  private static final Duration LONGEST_STOP = Duration.ofSeconds(30);

  private final String name;
  private final EngineConfig config;
  private final ModelRunner runner;
  private final BackendInfo info;
  private final Device device;
  private final BackendListener listener;
  private final LongSupplier clock;
  private final Admission admission;
  private final Scheduler scheduler;
  private final Reporter reporter;
  private final Thread thread;

  private int errorsInARow;
  private volatile long lastBeat;
  private volatile boolean parked;
  private volatile boolean stopping;
  private volatile CancelCause stopCause = CancelCause.SHUTDOWN;
  private volatile boolean failed;

  /**
   * An engine whose thread has not been started.
   *
   * @param clock ns, from an arbitrary origin
   */
  Engine(
      String name,
      EngineConfig config,
      ModelRunner runner,
      BackendInfo info,
      Device device,
      BackendListener listener,
      LongSupplier clock) {
    this.name = name;
    this.config = config;
    this.runner = runner;
    this.info = info;
    this.device = device;
    this.listener = listener;
    this.clock = clock;
    admission = new Admission(config);
    scheduler = new Scheduler(config);
    reporter = new Reporter(listener, admission, clock);
    thread = Thread.ofPlatform().name("engine-" + name).daemon().unstarted(this::run);
  }

  /**
   * Starts an engine.
   *
   * @param name the model's name, for the thread and logs
   * @param runner runs the model; the engine closes it
   * @param device where it runs, shared with other engines
   */
  public static Engine start(
      String name,
      EngineConfig config,
      ModelRunner runner,
      BackendInfo info,
      Device device,
      BackendListener listener) {
    Engine engine = new Engine(name, config, runner, info, device, listener, System::nanoTime);
    engine.start();
    return engine;
  }

  void start() {
    lastBeat = clock.getAsLong();
    thread.start();
  }

  /** For tests that step by hand. */
  Scheduler scheduler() {
    return scheduler;
  }

  @Override
  public BackendInfo info() {
    return info;
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the prompt does not fit the context, or a token is not in
   *     the vocabulary
   */
  @Override
  public Generation submit(GenerationRequest request, GenerationListener events) {
    requireValid(request);
    BackendListener figures = listener.forGeneration(request.label());
    Sequence sequence =
        new Sequence(request, events, figures, config, root(request), clock.getAsLong());
    try {
      admission.enter(sequence);
    } catch (RejectedException e) {
      figures.onRejected(e.reason());
      throw e;
    }
    figures.onAccepted();
    LockSupport.unpark(thread);
    return sequence;
  }

  private BlockHash root(GenerationRequest request) {
    String variant = runner.cacheSalt(request.prompt().length);
    return BlockHash.root(
        String.join("\n", name, info.architecture(), info.format(), variant, request.cacheSalt()));
  }

  // The API has refused these with a 400; here they would harm the sequences of the same step.
  private void requireValid(GenerationRequest request) {
    request.sampling().adjustments().bias().keySet().forEach(this::requireToken);
    int[] prompt = request.prompt();
    if (prompt.length > config.maxContext()) {
      throw new IllegalArgumentException(
          "prompt has %d tokens, the context %d".formatted(prompt.length, config.maxContext()));
    }
    for (int token : prompt) {
      requireToken(token);
    }
  }

  private void requireToken(int token) {
    if (token < 0 || token >= info.vocabularySize()) {
      throw new IllegalArgumentException(
          "token %d is not in the vocabulary of %d".formatted(token, info.vocabularySize()));
    }
  }

  @Override
  public boolean isHealthy() {
    return thread.isAlive()
        && !failed
        && (parked || clock.getAsLong() - lastBeat < LONGEST_STEP.toNanos());
  }

  @Override
  public void close() {
    drain(Duration.ZERO, CancelCause.SHUTDOWN);
  }

  /**
   * As {@link #close}, but what runs or waits has so long to finish before it is cancelled.
   *
   * @param cause what it is cancelled with then
   */
  public void drain(Duration grace, CancelCause cause) {
    stopCause = cause;
    admission.close();
    try {
      admission.awaitEmpty(grace);
      stopping = true;
      LockSupport.unpark(thread);
      if (!thread.join(LONGEST_STOP)) {
        LOG.log(Level.ERROR, "engine {0} is stuck in a step: its memory is not freed", name);
      }
    } catch (InterruptedException e) {
      stopping = true;
      LockSupport.unpark(thread);
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (awaitWork()) {
        step();
      }
    } catch (RuntimeException | Error e) {
      failed = true;
      LOG.log(Level.ERROR, "engine " + name + " failed", e);
    }
    retire(
        failed
            ? new GenerationEvent.Failed("engine " + name + " failed")
            : new GenerationEvent.Cancelled(stopCause));
  }

  /** Parks until there is something to do. Returns false when it is time to stop. */
  private boolean awaitWork() {
    while (!stopping && !failed && scheduler.isEmpty() && !admission.hasArrivals()) {
      parked = true;
      LockSupport.park(this);
    }
    lastBeat = clock.getAsLong();
    parked = false;
    return !stopping && !failed;
  }

  /** One step: arrivals and cancellations, then schedule, run, update, report. */
  void step() {
    scheduler.add(admission.takeArrivals());
    reporter.report(scheduler.removeEnded());
    SchedulerOutput output = scheduler.schedule();
    StepResult result = run(output);
    reporter.report(scheduler.update(output, result));
    reporter.report(scheduler.stats(output, result));
  }

  private StepResult run(SchedulerOutput output) {
    if (output.chunks().isEmpty()) {
      return StepResult.EMPTY;
    }
    reporter.started(output);
    try {
      StepResult result = attempt(output);
      errorsInARow = 0;
      return result;
    } catch (Error e) {
      if (++errorsInARow == MAX_ERRORS) {
        failed = true; // before anybody hears of it
        admission.close();
      }
      return stepFailed(output, e);
    }
  }

  /** A step writes the same into the same slots however often and with whom it is computed. */
  private StepResult attempt(SchedulerOutput output) {
    try {
      return device.turn(() -> timedStep(output));
    } catch (RuntimeException e) {
      if (output.chunks().size() == 1) {
        return stepFailed(output, e);
      }
      LOG.log(Level.WARNING, "engine {0}: a step failed, trying one by one: {1}", name, e);
      return StepResult.joined(output.oneByOne().stream().map(this::attempt).toList());
    }
  }

  /** The time that counts is the model's own: not that of other models' turns. */
  private StepResult timedStep(SchedulerOutput output) {
    long start = clock.getAsLong();
    StepResult result = runner.step(output);
    scheduler.took(output, Duration.ofNanos(clock.getAsLong() - start));
    return result;
  }

  private StepResult stepFailed(SchedulerOutput output, Throwable cause) {
    int chunks = output.chunks().size();
    LOG.log(Level.ERROR, "engine %s: a step of %d sequences failed".formatted(name, chunks), cause);
    return StepResult.failed(chunks, "step failed: " + cause);
  }

  /** Ends all sequences and frees the model's memory: the last thing the thread does. */
  private void retire(GenerationEvent end) {
    admission.close();
    scheduler.add(admission.takeArrivals());
    reporter.report(scheduler.removeAll(end));
    reporter.report(scheduler.stats(SchedulerOutput.EMPTY, StepResult.EMPTY));
    try {
      device.turn(() -> {
        runner.close();
        return null;
      });
    } catch (RuntimeException | Error e) {
      LOG.log(Level.ERROR, "engine " + name + ": its memory could not be freed", e);
    }
  }
}
