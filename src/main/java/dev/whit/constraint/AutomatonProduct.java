package dev.whit.constraint;

import dev.whit.constraint.CharAutomaton.Transition;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Two automata side by side. */
final class AutomatonProduct {
  enum Combination {
    BOTH,
    FIRST_ONLY,
    EITHER;

    boolean accepts(boolean first, boolean second) {
      return switch (this) {
        case BOTH -> first && second;
        case FIRST_ONLY -> first && !second;
        case EITHER -> first || second;
      };
    }

    /** Whether a string may still be accepted when one or both of the automata are nowhere. */
    boolean lives(int first, int second) {
      return switch (this) {
        case BOTH -> first != CharAutomaton.NOWHERE && second != CharAutomaton.NOWHERE;
        case FIRST_ONLY -> first != CharAutomaton.NOWHERE;
        case EITHER -> first != CharAutomaton.NOWHERE || second != CharAutomaton.NOWHERE;
      };
    }
  }

  private record Pair(int first, int second) {}

  private final CharAutomaton first;
  private final CharAutomaton second;
  private final Combination combination;
  private final CompileBudget budget;
  private final Map<Pair, Integer> numbers = new HashMap<>();
  private final List<Pair> pairs = new ArrayList<>();

  AutomatonProduct(
      CharAutomaton first, CharAutomaton second, Combination combination, CompileBudget budget) {
    this.first = first;
    this.second = second;
    this.combination = combination;
    this.budget = budget;
  }

  CharAutomaton build() {
    List<List<Transition>> transitions = new ArrayList<>();
    BitSet accepting = new BitSet();
    number(new Pair(0, 0));
    for (int i = 0; i < pairs.size(); i++) {
      Pair pair = pairs.get(i);
      accepting.set(
          i, combination.accepts(accepts(first, pair.first()), accepts(second, pair.second())));
      List<Transition> edges = edges(pair);
      budget.spend(edges.size());
      transitions.add(edges);
    }
    return new CharAutomaton(transitions, accepting);
  }

  private static boolean accepts(CharAutomaton automaton, int state) {
    return state != CharAutomaton.NOWHERE && automaton.accepts(state);
  }

  private int number(Pair pair) {
    Integer known = numbers.get(pair);
    if (known != null) {
      return known;
    }
    budget.spend(1);
    numbers.put(pair, pairs.size());
    pairs.add(pair);
    return pairs.size() - 1;
  }

  /** Both lists of ranges cut at each other's borders. */
  private List<Transition> edges(Pair pair) {
    List<Transition> a =
        pair.first() == CharAutomaton.NOWHERE ? List.of() : first.transitions(pair.first());
    List<Transition> b =
        pair.second() == CharAutomaton.NOWHERE ? List.of() : second.transitions(pair.second());
    List<Transition> edges = new ArrayList<>();
    int i = 0;
    int j = 0;
    int at = 0;
    while (i < a.size() || j < b.size()) {
      int startA = i < a.size() ? Math.max(at, a.get(i).first()) : Integer.MAX_VALUE;
      int startB = j < b.size() ? Math.max(at, b.get(j).first()) : Integer.MAX_VALUE;
      int from = Math.min(startA, startB);
      int to = startA == startB ? Integer.MAX_VALUE : Math.max(startA, startB) - 1;
      if (from == startA) {
        to = Math.min(to, a.get(i).last());
      }
      if (from == startB) {
        to = Math.min(to, b.get(j).last());
      }
      int nextA = from == startA ? a.get(i).target() : CharAutomaton.NOWHERE;
      int nextB = from == startB ? b.get(j).target() : CharAutomaton.NOWHERE;
      if (combination.lives(nextA, nextB)) {
        edges.add(new Transition(from, to, number(new Pair(nextA, nextB))));
      }
      at = to + 1;
      i += i < a.size() && a.get(i).last() < at ? 1 : 0;
      j += j < b.size() && b.get(j).last() < at ? 1 : 0;
    }
    return edges;
  }
}
