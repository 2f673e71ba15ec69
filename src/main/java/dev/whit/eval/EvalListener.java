package dev.whit.eval;

/** Sees how far an evaluation is. */
@FunctionalInterface
public interface EvalListener {
  /**
   * A part is done.
   *
   * @param stage what is being done
   * @param done parts that are done, those of an earlier run included
   * @param total all parts
   * @param seconds that each part of this run took, on the mean; 0 when none did yet
   */
  void onPart(String stage, int done, int total, double seconds);
}
