package dev.whit.engine;

/**
 * Estimates how long a step takes from those that have been measured: a fixed time (the weights are
 * read once) and a time for each token, each row of logits and each attended position, none
 * negative.
 *
 * <p>The four are a least-squares fit to the latest steps with prompts and the latest without: of
 * one kind alone, which are all alike, the four cannot be told apart, and either kind may be absent
 * for long. Errors are relative, so that a pause of the machine, which makes one step very slow,
 * counts as one wrong step and not as many. The fit is drawn a little towards the one before.
 */
final class StepTimeModel {
  private static final int MEASURES = 4;

  /** Steps of either kind that count. */
  private static final int STEPS = 32;

  /** Weight of the fit before, in steps. */
  private static final double INERTIA = 0.1;

  private static final int SWEEPS = 50;

  /** [steps of both kinds][measures] What the latest steps computed, divided by their times. */
  private final double[][] history = new double[2 * STEPS][MEASURES];

  private int withPrompts;
  private int withoutPrompts;

  /** [measures] ns for one of each. */
  private final double[] costs = new double[MEASURES];

  /** Estimated time, ns; 0 until there is anything to go by. */
  double nanos(StepWork work) {
    double[] measures = measures(work);
    double nanos = 0;
    for (int i = 0; i < MEASURES; i++) {
      nanos += costs[i] * measures[i];
    }
    return nanos;
  }

  /** A step with this work took so long. */
  void learn(StepWork work, long nanos) {
    if (nanos <= 0) {
      return; // nothing is to be learnt from a clock that stands still
    }
    double[] row = measures(work);
    for (int i = 0; i < MEASURES; i++) {
      row[i] /= nanos;
    }
    if (work.tokens() > work.logitRows()) {
      history[withPrompts++ % STEPS] = row;
    } else {
      history[STEPS + withoutPrompts++ % STEPS] = row;
    }
    fit();
  }

  private static double[] measures(StepWork work) {
    return new double[] {1, work.tokens(), work.logitRows(), work.attended()};
  }

  /**
   * Minimises {@code Σ (1 − costs · row)²} over the rows of the history, plus the inertia, by
   * coordinate descent: each cost in turn is put where the sum is least, or at zero. Costs are in
   * units that make the rows' greatest elements 1, so that the inertia means the same for all.
   */
  private void fit() {
    double[] units = new double[MEASURES];
    for (double[] row : history) {
      for (int i = 0; i < MEASURES; i++) {
        units[i] = Math.max(units[i], row[i]);
      }
    }
    double[] fit = new double[MEASURES];
    double[] right = new double[MEASURES];
    double[][] gram = new double[MEASURES][MEASURES];
    for (int i = 0; i < MEASURES; i++) {
      fit[i] = costs[i] * units[i];
      gram[i][i] = INERTIA;
      right[i] = INERTIA * fit[i];
      for (double[] row : history) {
        double element = scaled(row[i], units[i]);
        right[i] += element;
        for (int j = 0; j < MEASURES; j++) {
          gram[i][j] += element * scaled(row[j], units[j]);
        }
      }
    }
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      for (int i = 0; i < MEASURES; i++) {
        double rest = right[i] + gram[i][i] * fit[i];
        for (int j = 0; j < MEASURES; j++) {
          rest -= gram[i][j] * fit[j];
        }
        fit[i] = Math.max(0, rest / gram[i][i]);
      }
    }
    for (int i = 0; i < MEASURES; i++) {
      if (units[i] > 0) { // else the latest steps say nothing about it
        costs[i] = fit[i] / units[i];
      }
    }
  }

  private static double scaled(double value, double unit) {
    return unit == 0 ? 0 : value / unit;
  }
}
