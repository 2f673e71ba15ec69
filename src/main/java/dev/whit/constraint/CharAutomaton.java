package dev.whit.constraint;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A deterministic automaton over characters: a set of strings. State 0 is the start; a character
 * without a transition leads nowhere. Immutable.
 *
 * <p>Everything that a schema says about one string (length, pattern, format, names that are taken)
 * is such a set, and saying two things is {@link #intersect}.
 */
final class CharAutomaton {
  static final int NOWHERE = -1;

  /** To {@code target} with the characters from {@code first} to {@code last}. */
  record Transition(int first, int last, int target) {}

  /** Of each state, its transitions in order of their characters. */
  private final List<List<Transition>> transitions;

  private final BitSet accepting;

  CharAutomaton(List<List<Transition>> transitions, BitSet accepting) {
    this.transitions = transitions;
    this.accepting = accepting;
  }

  /** All strings of {@code min} to {@code max} characters; a negative max is none. */
  static CharAutomaton lengths(int min, int max, CompileBudget budget) {
    int last = max < 0 ? min : max;
    budget.spend(last);
    List<List<Transition>> transitions = new ArrayList<>(last + 1);
    BitSet accepting = new BitSet();
    for (int length = 0; length <= last; length++) {
      int next = length < last ? length + 1 : max < 0 ? length : NOWHERE;
      transitions.add(next == NOWHERE ? List.of() : step(CharSet.ALL, next));
    }
    accepting.set(Math.min(min, last + 1), last + 1);
    return new CharAutomaton(transitions, accepting);
  }

  /** Exactly these strings. */
  static CharAutomaton words(Collection<String> words, CompileBudget budget) {
    List<Map<Integer, Integer>> trie = new ArrayList<>(List.of(new HashMap<>()));
    BitSet accepting = new BitSet();
    for (String word : words) {
      int state = 0;
      for (int character : word.codePoints().toArray()) {
        Integer next = trie.get(state).get(character);
        if (next == null) {
          budget.spend(1);
          next = trie.size();
          trie.get(state).put(character, next);
          trie.add(new HashMap<>());
        }
        state = next;
      }
      accepting.set(state);
    }
    List<List<Transition>> transitions = new ArrayList<>(trie.size());
    for (Map<Integer, Integer> edges : trie) {
      transitions.add(
          edges.entrySet().stream()
              .sorted(Map.Entry.comparingByKey())
              .map(edge -> new Transition(edge.getKey(), edge.getKey(), edge.getValue()))
              .toList());
    }
    return new CharAutomaton(transitions, accepting);
  }

  /** Decimal integers, with or without a sign, that a positive number divides. */
  static CharAutomaton multiplesOf(int divisor, CompileBudget budget) {
    budget.spend(10 * divisor);
    List<List<Transition>> transitions = new ArrayList<>(divisor + 1);
    for (int state = 0; state <= divisor; state++) { // state r + 1: a remainder of r
      List<Transition> edges = new ArrayList<>();
      if (state == 0) {
        edges.add(new Transition('-', '-', 0));
      }
      int remainder = Math.max(0, state - 1);
      for (int digit = 0; digit < 10; digit++) {
        edges.add(new Transition('0' + digit, '0' + digit, (10 * remainder + digit) % divisor + 1));
      }
      transitions.add(edges);
    }
    BitSet accepting = new BitSet();
    accepting.set(1);
    return new CharAutomaton(transitions, accepting);
  }

  static List<Transition> step(CharSet characters, int target) {
    List<Transition> step = new ArrayList<>(characters.ranges());
    for (int i = 0; i < characters.ranges(); i++) {
      step.add(new Transition(characters.first(i), characters.last(i), target));
    }
    return step;
  }

  int states() {
    return transitions.size();
  }

  List<Transition> transitions(int state) {
    return transitions.get(state);
  }

  boolean accepts(int state) {
    return accepting.get(state);
  }

  boolean accepts(String word) {
    int state = 0;
    for (int character : word.codePoints().toArray()) {
      state = next(state, character);
      if (state == NOWHERE) {
        return false;
      }
    }
    return accepts(state);
  }

  private int next(int state, int character) {
    for (Transition transition : transitions.get(state)) {
      if (transition.first() <= character && character <= transition.last()) {
        return transition.target();
      }
    }
    return NOWHERE;
  }

  /** The strings of both. */
  CharAutomaton intersect(CharAutomaton other, CompileBudget budget) {
    return new AutomatonProduct(this, other, AutomatonProduct.Combination.BOTH, budget).build();
  }

  /** The strings of this one that are not of the other. */
  CharAutomaton minus(CharAutomaton other, CompileBudget budget) {
    return new AutomatonProduct(this, other, AutomatonProduct.Combination.FIRST_ONLY, budget)
        .build();
  }

  /** The strings of either. */
  CharAutomaton union(CharAutomaton other, CompileBudget budget) {
    return new AutomatonProduct(this, other, AutomatonProduct.Combination.EITHER, budget).build();
  }

  /** The strings of this one behind a character. */
  CharAutomaton behind(int character) {
    List<List<Transition>> shifted = new ArrayList<>(states() + 1);
    BitSet ends = new BitSet();
    shifted.add(List.of(new Transition(character, character, 1)));
    for (int state = 0; state < states(); state++) {
      shifted.add(
          transitions.get(state).stream()
              .map(t -> new Transition(t.first(), t.last(), t.target() + 1))
              .toList());
      ends.set(state + 1, accepts(state));
    }
    return new CharAutomaton(shifted, ends);
  }
}
