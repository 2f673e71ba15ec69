package dev.whit.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The time limits are there so that a deadlock fails; they are far from what a run takes. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WorkerTeamTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 9})
  void everyWorkerRunsEveryTaskOnce(int threads) {
    try (WorkerTeam team = new WorkerTeam(threads)) {
      AtomicIntegerArray runs = new AtomicIntegerArray(threads);
      for (int i = 0; i < 20_000; i++) {
        team.run((worker, workers) -> {
          assertThat(workers).isEqualTo(threads);
          runs.incrementAndGet(worker);
        });
      }
      for (int worker = 0; worker < threads; worker++) {
        assertThat(runs.get(worker)).isEqualTo(20_000);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 9})
  void nobodyPassesABarrierBeforeAllHaveCome(int threads) {
    try (WorkerTeam team = new WorkerTeam(threads)) {
      int[] written = new int[threads]; // plain: the barrier must publish it
      for (int run = 0; run < 500; run++) {
        team.run((worker, workers) -> {
          for (int step = 1; step <= 10; step++) {
            written[worker] = step;
            team.barrier();
            for (int value : written) {
              assertThat(value).isEqualTo(step);
            }
            team.barrier();
          }
        });
      }
    }
  }

  @Test
  void theCallerIsWorkerZeroAndTheOthersAreDaemons() {
    try (WorkerTeam team = new WorkerTeam(3)) {
      Thread[] ran = new Thread[3];
      team.run((worker, workers) -> ran[worker] = Thread.currentThread());
      assertThat(ran[0]).isSameAs(Thread.currentThread());
      assertThat(ran[1].isDaemon()).isTrue();
      assertThat(ran[2]).isNotSameAs(ran[1]);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void whatAWorkerThrowsIsThrownToTheCallerAndTheTeamGoesOn(int thrower) {
    try (WorkerTeam team = new WorkerTeam(3)) {
      for (int i = 0; i < 200; i++) {
        assertThatThrownBy(() -> team.run((worker, workers) -> throwIf(worker == thrower)))
            .isInstanceOf(UnsupportedOperationException.class)
            .hasMessage("thrown on purpose");
        assertUsable(team);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void aWorkerThatThrowsBeforeABarrierDoesNotLeaveTheOthersWaiting(int thrower) {
    try (WorkerTeam team = new WorkerTeam(3)) {
      for (int i = 0; i < 50; i++) {
        assertThatThrownBy(() ->
                team.run((worker, workers) -> {
                  team.barrier();
                  throwIf(worker == thrower);
                  team.barrier();
                }))
            .isInstanceOf(UnsupportedOperationException.class)
            .hasMessage("thrown on purpose");
        assertUsable(team);
      }
    }
  }

  @Test
  void aWorkerThatSkipsABarrierIsAnError() {
    try (WorkerTeam team = new WorkerTeam(2)) {
      assertThatThrownBy(() ->
              team.run((worker, workers) -> {
                if (worker == 0) {
                  team.barrier();
                }
              }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("a worker left the task before its barrier");
      assertUsable(team);
    }
  }

  @Test
  void anErrorKeepsItsType() {
    try (WorkerTeam team = new WorkerTeam(2)) {
      assertThatThrownBy(() ->
              team.run((worker, workers) -> {
                throw new StackOverflowError("of worker");
              }))
          .isInstanceOf(StackOverflowError.class);
      assertUsable(team);
    }
  }

  @Test
  void workersWakeAfterALongPause() throws InterruptedException {
    try (WorkerTeam team = new WorkerTeam(4)) {
      for (int i = 0; i < 5; i++) {
        Thread.sleep(50); // longer than they spin: they are parked
        assertUsable(team);
      }
    }
  }

  @Test
  void severalTeamsOnTheSameCoresFinish() throws Exception {
    try (ExecutorService callers = Executors.newFixedThreadPool(4)) {
      AtomicInteger total = new AtomicInteger();
      Runnable caller =
          () -> {
            try (WorkerTeam team = new WorkerTeam(4)) {
              for (int i = 0; i < 300; i++) {
                team.run((worker, workers) -> {
                  total.incrementAndGet();
                  team.barrier();
                  total.incrementAndGet();
                });
              }
            }
          };
      Future<?>[] done = new Future<?>[4];
      for (int i = 0; i < done.length; i++) {
        done[i] = callers.submit(caller);
      }
      for (Future<?> future : done) {
        future.get(100, TimeUnit.SECONDS);
      }
      assertThat(total.get()).isEqualTo(4 * 300 * 4 * 2);
    }
  }

  @Test
  void aSecondCallerIsRefused() throws Exception {
    try (WorkerTeam team = new WorkerTeam(2);
        ExecutorService other = Executors.newSingleThreadExecutor()) {
      CountDownLatch running = new CountDownLatch(2);
      CountDownLatch release = new CountDownLatch(1);
      Future<?> first =
          other.submit(() ->
              team.run((worker, workers) -> {
                running.countDown();
                await(release);
              }));
      await(running);
      assertThatThrownBy(() -> team.run((worker, workers) -> {}))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("the worker team is already running a task");
      release.countDown();
      first.get(10, TimeUnit.SECONDS);
      assertUsable(team);
    }
  }

  @Test
  void aTaskCannotRunATaskOnItsOwnTeam() {
    try (WorkerTeam team = new WorkerTeam(1)) {
      assertThatThrownBy(() -> team.run((worker, workers) -> team.run((inner, count) -> {})))
          .isInstanceOf(IllegalStateException.class);
      assertUsable(team);
    }
  }

  @Test
  void aClosedTeamRefusesAndItsThreadsEnd() throws InterruptedException {
    Thread[] ran = new Thread[2];
    WorkerTeam team = new WorkerTeam(2);
    team.run((worker, workers) -> ran[worker] = Thread.currentThread());
    team.close();
    ran[1].join(10_000);
    assertThat(ran[1].isAlive()).isFalse();
    assertThatThrownBy(() -> team.run((worker, workers) -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the worker team is closed");
  }

  @Test
  void aTeamHasAtLeastOneThread() {
    assertThatThrownBy(() -> new WorkerTeam(0)).isInstanceOf(IllegalArgumentException.class);
  }

  private static void throwIf(boolean condition) {
    if (condition) {
      throw new UnsupportedOperationException("thrown on purpose");
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void assertUsable(WorkerTeam team) {
    AtomicInteger runs = new AtomicInteger();
    team.run((worker, workers) -> {
      runs.incrementAndGet();
      team.barrier();
      runs.incrementAndGet();
    });
    assertThat(runs.get()).isEqualTo(2 * team.threads());
  }
}
