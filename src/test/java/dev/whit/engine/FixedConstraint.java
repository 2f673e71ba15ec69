package dev.whit.engine;

import dev.whit.backend.TokenConstraint;
import java.util.List;
import java.util.Set;

/**
 * Answers of one token out of each of some sets, in their order.
 *
 * @param places the tokens that each place allows
 * @param least tokens after which the answer may end
 */
record FixedConstraint(List<Set<Integer>> places, int least) implements TokenConstraint {
  @Override
  public Position start() {
    return new Place(0);
  }

  private final class Place implements Position {
    private final int index;

    Place(int index) {
      this.index = index;
    }

    @Override
    public long[] allowed() {
      long[] allowed = new long[1]; // all of FakeRunner's vocabulary
      if (!mustEnd()) {
        places.get(index).forEach(token -> allowed[0] |= 1L << token);
      }
      return allowed;
    }

    @Override
    public boolean mayEnd() {
      return index >= least;
    }

    @Override
    public boolean mustEnd() {
      return index == places.size();
    }

    @Override
    public Position after(int token) {
      if (!allows(token)) {
        throw new IllegalArgumentException("token %d at place %d".formatted(token, index));
      }
      return new Place(index + 1);
    }
  }
}
