package dev.whit.constraint;

import dev.whit.constraint.CharAutomaton.Transition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Makes an automaton of a regular expression: Thompson's construction, then the subset
 * construction. A backtracking matcher never runs, so no pattern can take exponential time.
 */
final class RegexAutomaton {
  private record Edge(CharSet set, int target) {}

  private final CompileBudget budget;
  private final List<List<Edge>> edges = new ArrayList<>();
  private final List<List<Integer>> free = new ArrayList<>();

  private RegexAutomaton(CompileBudget budget) {
    this.budget = budget;
  }

  /** The strings that match as a whole. */
  static CharAutomaton of(Regex regex, CompileBudget budget) {
    RegexAutomaton builder = new RegexAutomaton(budget);
    int start = builder.node();
    int end = builder.add(regex, start);
    return builder.determinize(start, end);
  }

  private int node() {
    budget.spend(1);
    edges.add(new ArrayList<>(1));
    free.add(new ArrayList<>(1));
    return edges.size() - 1;
  }

  /** Adds what matches from a node on; returns the node behind it. */
  private int add(Regex regex, int from) {
    return switch (regex) {
      case Regex.Chars(var set) -> {
        int to = node();
        edges.get(from).add(new Edge(set, to));
        yield to;
      }
      case Regex.Concatenation(var parts) -> {
        int at = from;
        for (Regex part : parts) {
          at = add(part, at);
        }
        yield at;
      }
      case Regex.Alternation(var parts) -> {
        int to = node();
        for (Regex part : parts) {
          free.get(add(part, from)).add(to);
        }
        yield to;
      }
      case Regex.Repetition(var part, var min, var max) -> repeat(part, min, max, from);
    };
  }

  private int repeat(Regex part, int min, int max, int from) {
    int at = from;
    for (int i = 0; i < min; i++) {
      budget.spend(1); // a part may have no nodes
      at = add(part, at);
    }
    int to = node();
    if (max < 0) {
      // A node of its own: what leads into the loop must not be part of it.
      int loop = node();
      free.get(at).add(loop);
      free.get(add(part, loop)).add(loop);
      free.get(loop).add(to);
    } else {
      free.get(at).add(to);
      for (int i = min; i < max; i++) {
        int optional = node();
        free.get(at).add(optional);
        at = add(part, optional);
        free.get(at).add(to);
      }
    }
    return to;
  }

  private CharAutomaton determinize(int start, int end) {
    Map<BitSet, Integer> numbers = new HashMap<>();
    List<BitSet> sets = new ArrayList<>();
    List<List<Transition>> transitions = new ArrayList<>();
    BitSet accepting = new BitSet();
    BitSet first = new BitSet();
    first.set(start);
    number(closure(first), numbers, sets);
    for (int i = 0; i < sets.size(); i++) {
      BitSet set = sets.get(i);
      accepting.set(i, set.get(end));
      List<Edge> out = set.stream().boxed().flatMap(node -> edges.get(node).stream()).toList();
      List<Transition> merged = new ArrayList<>();
      for (CharSet piece : pieces(out)) {
        BitSet target = new BitSet();
        for (Edge edge : out) {
          if (!edge.set().intersect(piece).isEmpty()) {
            target.set(edge.target());
          }
        }
        budget.spend(1 + out.size() / 8);
        int number = number(closure(target), numbers, sets);
        merged.add(new Transition(piece.first(0), piece.last(0), number));
      }
      transitions.add(merged);
    }
    return new CharAutomaton(transitions, accepting);
  }

  private int number(BitSet set, Map<BitSet, Integer> numbers, List<BitSet> sets) {
    Integer known = numbers.get(set);
    if (known != null) {
      return known;
    }
    budget.spend(1 + set.length() / 64);
    numbers.put(set, sets.size());
    sets.add(set);
    return sets.size() - 1;
  }

  /** The ranges, in order, within which no character can be told from another. */
  private static List<CharSet> pieces(List<Edge> out) {
    TreeSet<Integer> borders = new TreeSet<>();
    CharSet all = CharSet.NONE;
    for (Edge edge : out) {
      for (int i = 0; i < edge.set().ranges(); i++) {
        borders.add(edge.set().first(i));
        borders.add(edge.set().last(i) + 1);
      }
      all = all.union(edge.set());
    }
    List<CharSet> pieces = new ArrayList<>();
    Integer from = null;
    for (int border : borders) {
      if (from != null && !CharSet.range(from, border - 1).intersect(all).isEmpty()) {
        pieces.add(CharSet.range(from, border - 1));
      }
      from = border;
    }
    return pieces;
  }

  private BitSet closure(BitSet nodes) {
    Deque<Integer> work = new ArrayDeque<>();
    nodes.stream().forEach(work::add);
    while (!work.isEmpty()) {
      for (int next : free.get(work.remove())) {
        if (!nodes.get(next)) {
          nodes.set(next);
          work.add(next);
        }
      }
    }
    return nodes;
  }
}
