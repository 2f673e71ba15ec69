package dev.whit.engine;

/**
 * The mean of a sequence's last hidden states, row by row. Added up in order of position and in
 * double precision: how the prompt was cut into chunks changes no bit.
 */
public final class HiddenStatePool {
  private double[] sum = {};
  private int rows;

  /**
   * Adds the next row.
   *
   * @param states [rows, width]
   * @param row which of them
   */
  public void add(float[] states, int row, int width) {
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
