package dev.whit.kernel.cpu;

/**
 * An operation on rows that do not depend on one another. The team shares them when they are worth
 * waking it for; what a row gives is the same either way.
 */
abstract class RowOperation implements WorkerTeam.Task {
  /** Values below which one thread is done before the others have begun: some 10 µs of work. */
  private static final long WORTH_SHARING = 1 << 15;

  private final WorkerTeam team;
  private int rows;

  RowOperation(WorkerTeam team) {
    this.team = team;
  }

  /** Computes {@code rows} rows of {@code width} values. */
  final void runRows(int rows, int width) {
    this.rows = rows;
    if (rows > 1 && (long) rows * width >= WORTH_SHARING) {
      team.run(this);
    } else {
      compute(0, 0, rows);
    }
  }

  @Override
  public final void run(int worker, int workers) {
    compute(
        worker,
        (int) ((long) rows * worker / workers),
        (int) ((long) rows * (worker + 1) / workers));
  }

  /** Computes the rows {@code from … to − 1} as worker number {@code worker}. */
  abstract void compute(int worker, int from, int to);
}
