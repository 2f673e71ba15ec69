package dev.whit.engine;

import dev.whit.backend.LogitAdjustments;
import dev.whit.backend.TokenConstraint;
import java.util.Set;

/**
 * Makes the row of logits that a token is chosen from of the model's: a function of that row, the
 * request and the sequence's tokens, so that nothing has to survive a preemption. Logits stay
 * finite, but for those of tokens that a constraint forbids. Reused for every row.
 */
final class LogitAdjuster {
  /** The logit of a token that is ruled out: drawn only if all are. */
  private static final float RULED_OUT = -Float.MAX_VALUE;

  /** The logit of a token that a constraint forbids: below all others, never drawn. */
  static final float FORBIDDEN = Float.NEGATIVE_INFINITY;

  private final float[] adjusted;
  // Of the tokens of the sequence at hand; zero and false between rows.
  private final int[] answered;
  private final boolean[] seen;

  LogitAdjuster(int vocabulary) {
    adjusted = new float[vocabulary];
    answered = new int[vocabulary];
    seen = new boolean[vocabulary];
  }

  /**
   * The row to choose from.
   *
   * @param logits [vocabulary], finite; not changed
   * @return [vocabulary], finite or {@link #FORBIDDEN}; {@code logits} itself where nothing is to
   *     be adjusted, else overwritten by the next call
   */
  float[] adjust(float[] logits, Sequence sequence) {
    LogitAdjustments wanted = sequence.request().sampling().adjustments();
    boolean early = sequence.generated() < wanted.minTokens();
    TokenConstraint.Position position = sequence.position();
    if (!early && !wanted.penalises() && wanted.bias().isEmpty() && position == null) {
      return logits;
    }
    System.arraycopy(logits, 0, adjusted, 0, logits.length);
    wanted.bias().forEach((token, bias) -> adjusted[token] = finite(adjusted[token] + bias));
    if (wanted.penalises()) {
      penalise(sequence, wanted);
    }
    if (early) {
      sequence.request().stopTokens().stream()
          .filter(token -> token < adjusted.length)
          .forEach(token -> adjusted[token] = RULED_OUT);
    }
    if (position != null) {
      forbid(position, sequence.request().stopTokens());
    }
    return adjusted;
  }

  /** Last of all: no bias and no penalty makes up for what a constraint forbids. */
  private void forbid(TokenConstraint.Position position, Set<Integer> stopTokens) {
    long[] allowed = position.allowed();
    boolean mayEnd = position.mayEnd();
    for (int token = 0; token < adjusted.length; token++) {
      boolean isAllowed = token >> 6 < allowed.length && (allowed[token >> 6] >> token & 1) != 0;
      if (!isAllowed && !(mayEnd && stopTokens.contains(token))) {
        adjusted[token] = FORBIDDEN;
      }
    }
  }

  private void penalise(Sequence sequence, LogitAdjustments wanted) {
    for (int i = sequence.promptLength(); i < sequence.length(); i++) {
      answered[sequence.token(i)]++;
    }
    for (int i = 0; i < sequence.length(); i++) {
      int token = sequence.token(i);
      if (!seen[token]) {
        seen[token] = true;
        adjusted[token] = penalised(adjusted[token], answered[token], wanted);
      }
    }
    for (int i = 0; i < sequence.length(); i++) {
      seen[sequence.token(i)] = false;
      answered[sequence.token(i)] = 0;
    }
  }

  private static float penalised(float logit, int count, LogitAdjustments wanted) {
    double repetition = wanted.repetitionPenalty();
    double penalised = logit > 0 ? logit / repetition : logit * repetition;
    penalised -= count * wanted.frequencyPenalty();
    return finite(count > 0 ? penalised - wanted.presencePenalty() : penalised);
  }

  private static float finite(double logit) {
    return (float) Math.clamp(logit, -Float.MAX_VALUE, Float.MAX_VALUE);
  }
}
