package dev.whit.engine;

/** The rows of logits of one chunk, in order of position, those that are wanted only. */
@FunctionalInterface
interface LogitRows {
  /** A row, [vocabulary]; overwritten by the next call. Indices ascend from 0. */
  float[] row(int index);
}
