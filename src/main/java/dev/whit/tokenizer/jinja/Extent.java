package dev.whit.tokenizer.jinja;

import java.util.Collection;
import java.util.List;

/**
 * How large a container is when written out. Known at construction, it keeps lists that share
 * elements ({@code [x, x]} of {@code [x, x]} …) from costing exponential time to compare or print,
 * and all recursion over values shallow.
 */
record Extent(int depth, long weight) {
  /**
   * @throws EvaluationException when a container of these would be too deep or too large
   */
  static Extent of(Collection<Value> items) {
    return of(List.of(items));
  }

  static Extent of(List<Collection<Value>> parts) {
    int depth = 0;
    long weight = 1;
    for (Collection<Value> part : parts) {
      for (Value item : part) {
        depth = Math.max(depth, item.depth());
        weight += item.weight();
      }
    }
    if (depth >= Budget.MAX_VALUE_DEPTH) {
      throw new EvaluationException(
          "a value nested deeper than " + Budget.MAX_VALUE_DEPTH + " levels");
    }
    if (weight > Budget.MAX_TEXT) {
      throw new EvaluationException("a value of more than " + Budget.MAX_TEXT + " characters");
    }
    return new Extent(depth + 1, weight);
  }
}
