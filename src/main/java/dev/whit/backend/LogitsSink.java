package dev.whit.backend;

/** Wants a prompt's rows of logits. */
public interface LogitsSink {
  /** Position of the first row that is wanted, 0 or more and below the prompt's last position. */
  int from();

  /**
   * Takes a row: after the token at this position, which is below the prompt's last. Called from
   * the backend's thread, in order, possibly again from an earlier position; must return at once.
   *
   * @param logits [vocabulary], finite; overwritten afterwards
   */
  void row(int position, float[] logits);
}
