package dev.whit.engine;

import java.util.List;

/**
 * What a step may still compute. Tokens are bounded always; while answers are being generated, so
 * is the estimated time: prompts may make a step a few times as long as their next tokens alone
 * would need, so that no answer stands still because another's prompt has come.
 */
final class StepBudget {
  /**
   * A step's time, in that of its answers' next tokens alone. Prompts then get more than half of
   * the time, and the estimate may be wrong by a third before a gap is three times the usual one.
   */
  static final double STRETCH = 2.3;

  private final StepTimeModel times;
  private final double limit;
  private int tokens;
  private StepWork work;

  /**
   * A whole step's budget.
   *
   * @param tokens most tokens
   * @param running the sequences that run
   */
  StepBudget(int tokens, StepTimeModel times, List<Sequence> running) {
    this.tokens = tokens;
    this.times = times;
    // The time of answers is theirs from the beginning, whatever their place among the running.
    StepWork answers = StepWork.NONE;
    for (Sequence sequence : running) {
      if (sequence.isAnswering()) {
        answers = answers.plus(ScheduledChunk.next(sequence, 1));
      }
    }
    work = answers;
    limit = answers.tokens() == 0 ? Double.POSITIVE_INFINITY : STRETCH * times.nanos(answers);
  }

  /** Tokens that are left. */
  int tokens() {
    return tokens;
  }

  /** Whether no other sequence should begin in this step. */
  boolean isSpent() {
    return tokens <= 0 || (work.tokens() > 0 && limit > 0 && times.nanos(work) >= limit);
  }

  /**
   * A sequence's next chunk: as much as is left, at least one token.
   *
   * @param others sequences after it that need a token each
   */
  ScheduledChunk next(Sequence sequence, int others) {
    ScheduledChunk chunk = ScheduledChunk.next(sequence, Math.max(1, tokens - others));
    if (sequence.isAnswering() || fits(chunk)) {
      return chunk;
    }
    int enough = 1;
    int tooMany = chunk.count();
    while (tooMany - enough > 1) {
      int middle = (enough + tooMany) / 2;
      if (fits(ScheduledChunk.next(sequence, middle))) {
        enough = middle;
      } else {
        tooMany = middle;
      }
    }
    return ScheduledChunk.next(sequence, enough);
  }

  private boolean fits(ScheduledChunk chunk) {
    return times.nanos(work.plus(chunk)) <= limit;
  }

  /** A chunk is part of the step. */
  void take(ScheduledChunk chunk) {
    tokens -= chunk.count();
    if (!chunk.sequence().isAnswering()) {
      work = work.plus(chunk);
    }
  }
}
