package dev.whit.kernel.cpu;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A fixed team of threads that runs one task at a time, all workers at once, and can meet at a
 * barrier inside it. The calling thread is worker 0, the others are daemons.
 *
 * <p>A kernel's steps last microseconds, so workers wait by spinning; a worker that has waited for
 * longer yields and then sleeps, so that more threads than cores are slow but never collapse. One
 * thread at a time calls {@link #run}; it allocates nothing.
 */
final class WorkerTeam implements AutoCloseable {
  private static final int SPINS = 1000;
  private static final int YIELDS = 200;
  private static final long NAP_NANOS = 50_000;

  /** What every worker of a team does. */
  @FunctionalInterface
  interface Task {
    /**
     * One worker's share.
     *
     * @param worker 0 … {@code workers} − 1; 0 is the thread that called {@link #run}
     * @param workers size of the team
     */
    void run(int worker, int workers);
  }

  private final int threads;
  private final Worker[] workers;
  private final AtomicBoolean busy = new AtomicBoolean();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  /** Workers that have not finished the current task. */
  private final AtomicInteger running = new AtomicInteger();

  private final AtomicInteger arrived = new AtomicInteger();
  private volatile int barriersPassed;
  private volatile int taskNumber;
  private volatile boolean closed;
  private @Nullable Task task;

  /**
   * Starts the team.
   *
   * @param threads its size, the caller included; at least 1
   */
  WorkerTeam(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("a team of " + threads + " threads");
    }
    this.threads = threads;
    workers = new Worker[threads - 1];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(i + 1);
      workers[i].start();
    }
  }

  /** Size of the team, the caller included. */
  int threads() {
    return threads;
  }

  /**
   * Runs {@code newTask} on all workers and returns when all have finished. What the first failing
   * worker threw is thrown here; the team stays usable.
   *
   * @throws IllegalStateException if the team is closed, or already running a task
   */
  void run(Task newTask) {
    if (closed) {
      throw new IllegalStateException("the worker team is closed");
    }
    if (!busy.compareAndSet(false, true)) {
      throw new IllegalStateException("the worker team is already running a task");
    }
    try {
      task = newTask;
      running.set(threads);
      int next = taskNumber + 1;
      taskNumber = next; // publishes the task
      for (Worker worker : workers) {
        if (worker.parked) {
          LockSupport.unpark(worker);
        }
      }
      perform(newTask, 0);
      for (int waits = 0; running.get() != 0; waits++) {
        pause(waits);
      }
      arrived.set(0); // a failed task may have left workers counted in
      task = null;
      Throwable thrown = failure.getAndSet(null);
      if (thrown != null) {
        rethrow(thrown);
      }
    } finally {
      busy.set(false);
    }
  }

  /**
   * Waits, inside a task, until all workers have called it. Every worker must call it equally
   * often.
   *
   * @throws IllegalStateException if another worker has left the task, so that it will never come
   */
  void barrier() {
    int passed = barriersPassed;
    if (arrived.incrementAndGet() == threads) {
      arrived.set(0);
      barriersPassed = passed + 1;
      return;
    }
    for (int waits = 0; barriersPassed == passed; waits++) {
      // Read in this order: a worker may also have left after it let this barrier pass.
      if (waits >= SPINS && running.get() != threads && barriersPassed == passed) {
        throw new IllegalStateException("a worker left the task before its barrier");
      }
      pause(waits);
    }
  }

  /** Ends the team's threads; not while a task runs. */
  @Override
  public void close() {
    closed = true;
    for (Worker worker : workers) {
      LockSupport.unpark(worker);
    }
  }

  private void perform(Task current, int worker) {
    try {
      current.run(worker, threads);
    } catch (Throwable t) {
      failure.compareAndSet(null, t);
    } finally {
      running.decrementAndGet();
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // the yield is only for speed
  private static void pause(int waits) {
    if (waits < SPINS) {
      Thread.onSpinWait();
    } else if (waits < SPINS + YIELDS) {
      Thread.yield();
    } else {
      LockSupport.parkNanos(NAP_NANOS);
    }
  }

  private static void rethrow(Throwable thrown) {
    switch (thrown) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException("a task threw a checked exception", thrown);
    }
  }

  private final class Worker extends Thread {
    private final int index;
    private volatile boolean parked;

    Worker(int index) {
      super("whit-worker-" + index);
      this.index = index;
      setDaemon(true);
    }

    @Override
    public void run() {
      for (int done = 0; awaitTask(done); done++) {
        Task current = task;
        if (current == null) {
          throw new IllegalStateException("woken without a task");
        }
        perform(current, index);
      }
    }

    /** Waits for task number {@code done + 1}; false when the team is closed. */
    private boolean awaitTask(int done) {
      for (int waits = 0; taskNumber == done; waits++) {
        if (closed) {
          return false;
        }
        if (waits < SPINS + YIELDS) {
          pause(waits);
        } else {
          // Announced before the last look, so that run() either is seen or sees it.
          parked = true;
          if (taskNumber == done && !closed) {
            LockSupport.park(WorkerTeam.this);
          }
          parked = false;
        }
      }
      return true;
    }
  }
}
