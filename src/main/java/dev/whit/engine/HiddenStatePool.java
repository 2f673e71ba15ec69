package dev.whit.engine;

/**
 * The mean of a sequence's last hidden states, row by row. Added up in order of position and in
 * double precision: how the prompt was cut into chunks changes no bit. A row that comes again, as
 * when a step is tried again, is not added again.
 */
public final class HiddenStatePool {
  private double[] sum = {};
  private int rows;
  private int nextPosition;

  /**
   * Adds the next row, unless it has been added.
   *
   * @param position its position in the prompt
   * @param states [rows, width]
   * @param row which of them
   */
  public void add(int position, float[] states, int row, int width) {
    if (position < nextPosition) {
      return;
    }
    nextPosition = position + 1;
    if (rows++ == 0) {
      sum = new double[width];
    }
    for (int i = 0; i < width; i++) {
      sum[i] += states[row * width + i];
    }
  }

  /** The mean of the rows so far, at least one. */
  public float[] mean() {
    float[] mean = new float[sum.length];
    for (int i = 0; i < mean.length; i++) {
      mean[i] = (float) (sum[i] / rows);
    }
    return mean;
  }
}
