package dev.whit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.whit.backend.CancelCause;
import dev.whit.backend.FinishReason;
import dev.whit.backend.GenerationEvent.Cancelled;
import dev.whit.backend.GenerationEvent.Failed;
import dev.whit.backend.GenerationEvent.Finished;
import dev.whit.backend.RejectedException;
import dev.whit.backend.RejectedException.Reason;
import dev.whit.kernel.cpu.ScalarKernels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The engine on its own thread, with a fake model that a test can hold in its step. */
@Timeout(120)
class EngineLifecycleTest {
  private static final EngineConfig CONFIG = new EngineConfig(2, 16, 4, 32, 64, 3, 1_000_000);

  private final FakeRunner runner = new FakeRunner(CONFIG);
  private final CountingListener figures = new CountingListener();
  private final AtomicLong clock = new AtomicLong();
  private final Semaphore allowedSteps = new Semaphore(0);
  private final Device device = new Device(new ScalarKernels());
  private final Engine engine =
      new Engine(
          "lifecycle",
          CONFIG,
          runner,
          BatchInvarianceTest.info(FakeRunner.VOCABULARY),
          device,
          figures,
          clock::get);

  private void start() {
    runner.before = output -> allowedSteps.acquireUninterruptibly();
    engine.start();
  }

  @AfterEach
  void close() {
    allow();
    engine.close();
  }

  /** Lets the model run freely. */
  private void allow() {
    allowedSteps.release(1_000_000);
  }

  private RecordingListener submit(int maxTokens) {
    RecordingListener listener = new RecordingListener();
    engine.submit(Requests.greedy(Requests.prompt(3), maxTokens), listener);
    return listener;
  }

  private RejectedException rejection() {
    return catchThrowableOfType(RejectedException.class, () -> submit(1));
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    for (int i = 0; i < 6000 && !condition.getAsBoolean(); i++) {
      Thread.sleep(10);
    }
    assertThat(condition.getAsBoolean()).isTrue();
  }

  /** Waits until a closing thread has told the engine to stop and waits for its thread. */
  private static void awaitJoining(Thread closing) throws InterruptedException {
    await(() ->
        Arrays.stream(closing.getStackTrace())
            .anyMatch(frame -> frame.getMethodName().equals("join")));
  }

  private static Thread engineThread() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(t -> t.getName().equals("engine-lifecycle"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void refusesMoreThanTheQueueHoldsAndTakesMoreOnceOneIsDone() throws Exception {
    start();
    RecordingListener first = submit(1);
    for (int i = 1; i < 5; i++) { // two may run, three may wait
      submit(5);
    }
    RejectedException rejection = rejection();
    assertThat(rejection.reason()).isEqualTo(Reason.QUEUE_FULL);
    assertThat(rejection.retryAfter()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(60));
    assertThat(rejection).hasMessageContaining("5");
    assertThat(figures.rejected).hasValue(1);
    allowedSteps.release();
    first.awaitLast();
    RecordingListener admitted = submit(1);
    allow();
    assertThat(admitted.awaitLast()).isEqualTo(new Finished(FinishReason.LENGTH));
  }

  @Test
  void anIdleEngineParksAndWakesForWork() throws Exception {
    start();
    allow();
    submit(2).awaitLast();
    Thread thread = engineThread();
    await(() -> LockSupport.getBlocker(thread) == engine);
    int steps = figures.steps.size();
    await(() -> thread.getState() == Thread.State.WAITING);
    assertThat(figures.steps).hasSize(steps);
    clock.addAndGet(Duration.ofHours(5).toNanos());
    assertThat(engine.isHealthy()).isTrue();
    assertThat(submit(2).awaitLast()).isEqualTo(new Finished(FinishReason.LENGTH));
  }

  @Test
  void aStepThatDoesNotEndIsUnhealthyUntilItDoes() throws Exception {
    start();
    RecordingListener listener = submit(2);
    await(allowedSteps::hasQueuedThreads);
    assertThat(engine.isHealthy()).isTrue();
    clock.addAndGet(Duration.ofMinutes(3).toNanos());
    assertThat(engine.isHealthy()).isFalse();
    allow();
    listener.awaitLast();
    await(engine::isHealthy);
  }

  @Test
  void closeCancelsEverythingAndFreesTheModel() throws Exception {
    start();
    List<RecordingListener> listeners = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      listeners.add(submit(50));
    }
    allowedSteps.release(3);
    await(() -> figures.steps.size() == 3 && allowedSteps.hasQueuedThreads());
    Thread thread = engineThread();
    Thread closing = Thread.ofPlatform().start(engine::close);
    awaitJoining(closing);
    assertThat(rejection().reason()).isEqualTo(Reason.UNAVAILABLE);
    allowedSteps.release(); // the step that holds the engine is its last
    closing.join();
    for (RecordingListener listener : listeners) {
      assertThat(listener.awaitLast()).isEqualTo(new Cancelled(CancelCause.SHUTDOWN));
    }
    assertThat(figures.finished).hasSize(5);
    assertThat(figures.lastStep().usedBlocks()).isZero();
    assertThat(runner.closed).isTrue();
    assertThat(thread.isAlive()).isFalse();
    assertThat(engine.isHealthy()).isFalse();
    engine.close(); // again, without effect
  }

  @Test
  void drainLetsAcceptedGenerationsFinish() throws Exception {
    start();
    List<RecordingListener> listeners = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      listeners.add(submit(20));
    }
    Thread draining =
        Thread.ofVirtual().start(() -> engine.drain(Duration.ofHours(1), CancelCause.SHUTDOWN));
    await(() -> draining.getState() == Thread.State.TIMED_WAITING);
    assertThat(rejection().reason()).isEqualTo(Reason.UNAVAILABLE);
    allow();
    draining.join();
    for (RecordingListener listener : listeners) {
      assertThat(listener.awaitLast()).isEqualTo(new Finished(FinishReason.LENGTH));
      assertThat(listener.tokens()).hasSize(20);
    }
    assertThat(runner.closed).isTrue();
  }

  @Test
  void drainCancelsWhatHasNotFinishedByTheDeadline() throws Exception {
    start();
    RecordingListener listener = submit(20);
    await(allowedSteps::hasQueuedThreads);
    Thread draining =
        Thread.ofPlatform().start(() -> engine.drain(Duration.ofMillis(1), CancelCause.UNLOADED));
    awaitJoining(draining);
    allowedSteps.release();
    draining.join();
    assertThat(listener.awaitLast()).isEqualTo(new Cancelled(CancelCause.UNLOADED));
  }

  @Test
  void anErrorThatRepeatsFailsTheEngine() throws Exception {
    runner.before =
        output -> {
          throw new InternalError("a fault occurred in an unsafe memory access operation");
        };
    engine.start();
    RecordingListener first = submit(5);
    assertThat(first.awaitLast()).isInstanceOf(Failed.class);
    assertThat(engine.isHealthy()).isTrue();
    RecordingListener second = submit(5);
    assertThat(second.awaitLast())
        .isInstanceOfSatisfying(
            Failed.class, f -> assertThat(f.message()).contains("unsafe memory access"));
    assertThat(engine.isHealthy()).isFalse();
    assertThat(rejection().reason()).isEqualTo(Reason.UNAVAILABLE);
    await(() -> runner.closed);
    assertThat(figures.finished).hasSize(2);
  }

  @Test
  void aModelThatFailsLeavesTheOthersOnItsDeviceAlive() throws Exception {
    start();
    allow();
    FakeRunner broken = new FakeRunner(CONFIG);
    broken.before =
        output -> {
          throw new InternalError("its file was truncated");
        };
    try (Engine other =
        Engine.start(
            "broken",
            CONFIG,
            broken,
            BatchInvarianceTest.info(FakeRunner.VOCABULARY),
            device,
            figures)) {
      RecordingListener running = submit(60);
      for (int i = 0; i < 2; i++) {
        RecordingListener listener = new RecordingListener();
        other.submit(Requests.greedy(Requests.prompt(3), 5), listener);
        assertThat(listener.awaitLast()).isInstanceOf(Failed.class);
      }
      assertThat(other.isHealthy()).isFalse();
      assertThat(running.awaitLast()).isInstanceOf(Finished.class);
      assertThat(submit(3).awaitLast()).isInstanceOf(Finished.class);
      assertThat(engine.isHealthy()).isTrue();
    }
  }

  /** Each engine learns of it from its own steps: also the one that was idle. */
  @Test
  void aLostDeviceFailsEveryEngineOnIt() throws Exception {
    start();
    AtomicBoolean isLost = new AtomicBoolean();
    Consumer<SchedulerOutput> use =
        output -> {
          if (isLost.get()) {
            throw new InternalError("device lost");
          }
        };
    FakeRunner idleRunner = new FakeRunner(CONFIG);
    idleRunner.before = use;
    try (Engine idle =
        Engine.start(
            "idle",
            CONFIG,
            idleRunner,
            BatchInvarianceTest.info(FakeRunner.VOCABULARY),
            device,
            figures)) {
      RecordingListener running = submit(50);
      RecordingListener waiting = submit(50);
      await(allowedSteps::hasQueuedThreads);
      runner.before = use;
      isLost.set(true);
      allowedSteps.release();
      assertThat(running.awaitLast()).isInstanceOf(Failed.class);
      assertThat(waiting.awaitLast()).isInstanceOf(Failed.class);
      submit(1).awaitLast();
      await(() -> !engine.isHealthy());
      for (int i = 0; i < 2; i++) {
        RecordingListener listener = new RecordingListener();
        idle.submit(Requests.greedy(Requests.prompt(3), 5), listener);
        assertThat(listener.awaitLast()).isInstanceOf(Failed.class);
      }
      assertThat(idle.isHealthy()).isFalse();
      await(() -> runner.closed && idleRunner.closed);
      assertThat(figures.finished).hasSize(5);
      assertThat(figures.lastStep().usedBlocks()).isZero();
    }
  }

  @Test
  void anErrorThatDoesNotRepeatIsForgotten() throws Exception {
    int[] steps = {0};
    runner.before =
        output -> {
          if (steps[0]++ % 2 == 0) {
            throw new InternalError("once");
          }
        };
    engine.start();
    for (int i = 0; i < 3; i++) {
      assertThat(submit(1).awaitLast()).isInstanceOf(Failed.class);
      assertThat(submit(1).awaitLast()).isInstanceOf(Finished.class);
    }
    assertThat(engine.isHealthy()).isTrue();
  }

  @Test
  void whatWaitsWhenTheEngineFailsFailsToo() throws Exception {
    start();
    RecordingListener first = submit(50);
    RecordingListener second = submit(50);
    RecordingListener third = submit(50);
    await(allowedSteps::hasQueuedThreads);
    runner.before =
        output -> {
          throw new InternalError("device lost");
        };
    allowedSteps.release();
    for (RecordingListener listener : List.of(first, second, third)) {
      assertThat(listener.awaitLast()).isInstanceOf(Failed.class);
    }
    await(() -> figures.finished.size() == 3);
  }

  @Test
  void aRunnerThatBreaksItsContractFailsTheEngineAndLeavesNobodyWaiting() throws Exception {
    start();
    Engine broken =
        Engine.start(
            "broken",
            CONFIG,
            new ModelRunner() {
              @Override
              public StepResult step(SchedulerOutput output) {
                return new StepResult(List.of());
              }

              @Override
              public String cacheSalt(int promptLength) {
                return "";
              }

              @Override
              public void close() {}
            },
            BatchInvarianceTest.info(FakeRunner.VOCABULARY),
            new Device(new ScalarKernels()),
            figures);
    RecordingListener listener = new RecordingListener();
    broken.submit(Requests.greedy(Requests.prompt(3), 2), listener);
    assertThat(listener.awaitLast()).isInstanceOf(Failed.class);
    await(() -> !broken.isHealthy());
    assertThatThrownBy(() -> broken.submit(Requests.greedy(Requests.prompt(3), 2), listener))
        .isInstanceOf(RejectedException.class);
    broken.close();
  }
}
