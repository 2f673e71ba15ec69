package dev.whit.engine;

import java.util.List;

/**
 * What a step computes, in the measures that its time depends on.
 *
 * @param tokens rows that go through the layers
 * @param logitRows rows that go through the head and are sampled or scored
 * @param attended positions that the rows look at, all together
 */
record StepWork(int tokens, int logitRows, long attended) {
  static final StepWork NONE = new StepWork(0, 0, 0);

  static StepWork of(List<ScheduledChunk> chunks) {
    StepWork work = NONE;
    for (ScheduledChunk chunk : chunks) {
      work = work.plus(chunk);
    }
    return work;
  }

  /** With one chunk more: each of its rows looks at all positions up to its own. */
  StepWork plus(ScheduledChunk chunk) {
    long count = chunk.count();
    return new StepWork(
        tokens + chunk.count(),
        logitRows + chunk.logitRows(),
        attended + count * chunk.start() + count * (count + 1) / 2);
  }
}
