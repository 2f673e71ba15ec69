package dev.whit.constraint;

import dev.whit.backend.TokenConstraint;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A model without any sense: chooses among the allowed tokens at random. */
final class RandomAnswers {
  private RandomAnswers() {}

  /** An answer in bytes, null if it has not ended after so many tokens. */
  static byte @Nullable [] answer(
      TokenConstraint constraint, List<byte[]> tokens, SplittableRandom random, int most) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    TokenConstraint.Position position = constraint.start();
    double[] weights = new double[tokens.size()];
    for (int i = 0; i < weights.length; i++) {
      // Random weights, some of them large: a model that is fond of a few tokens.
      weights[i] = Math.exp(6 * random.nextDouble());
    }
    for (int i = 0; i < most; i++) {
      if (position.mustEnd() || (position.mayEnd() && random.nextInt(4) == 0)) {
        return text.toByteArray();
      }
      int token = choose(position, weights, random);
      text.writeBytes(tokens.get(token));
      position = position.after(token);
    }
    return null;
  }

  private static int choose(
      TokenConstraint.Position position, double[] weights, SplittableRandom random) {
    double total = 0;
    for (int id = 0; id < weights.length; id++) {
      total += position.allows(id) ? weights[id] : 0;
    }
    double left = random.nextDouble() * total;
    int last = -1;
    for (int id = 0; id < weights.length && left >= 0; id++) {
      if (position.allows(id)) {
        left -= weights[id];
        last = id;
      }
    }
    if (last < 0) {
      throw new AssertionError("no token is allowed, and the answer may not end");
    }
    return last;
  }
}
