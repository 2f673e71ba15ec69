package dev.whit.constraint;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A grammar as a deterministic automaton over bytes, whose states are made when they are first
 * reached. A state is the set of all places in the grammar where the text so far may be. A place is
 * a node and the callers that wait for its rule to end; callers of the same rule at the same byte
 * are one {@link Callers}, as in Earley's and Tomita's parsers, so that ambiguity costs no more
 * than the grammar has nodes.
 *
 * <p>States, and what waits, are made once: a second element of an array is in the very state that
 * the first was in. Not safe for use by many threads.
 */
final class ByteAutomaton {
  /** Deepest nesting of calls; every place can still reach the end without passing it. */
  private static final int MAX_DEPTH = 100;

  /** States, and places of states, that are kept. More are forgotten, but for those in use. */
  private static final int MAX_STATES = 8192;

  private static final int MAX_PLACES = 1 << 18;

  /** Takes no byte. */
  final State dead = new State(new Place[0], false);

  private final Grammar grammar;
  private final Map<Key, State> states = new HashMap<>();
  private final Map<Set<Frame>, Callers> callers = new HashMap<>();
  private final State start;
  private long callersMade;
  private int placesKept;

  /** A call that waits: where it goes on, and who waits for that. */
  private record Frame(int returnTo, Callers callers) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Frame f && f.returnTo == returnTo && f.callers == callers;
    }

    @Override
    public int hashCode() {
      return 31 * returnTo + System.identityHashCode(callers);
    }
  }

  /** All calls that wait for the same rule to end; compared by identity, ordered by number. */
  private static final class Callers {
    private final Frame[] frames;
    private final int depth;
    private final long number;

    Callers(Frame[] frames, int depth, long number) {
      this.frames = frames;
      this.depth = depth;
      this.number = number;
    }
  }

  private record Key(List<Place> places, boolean accepts) {}

  private record Place(int node, Callers callers) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      return node != other.node
          ? Integer.compare(node, other.node)
          : Long.compare(callers.number, other.callers.number);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Place p && p.node == node && p.callers == callers;
    }

    @Override
    public int hashCode() {
      return 31 * node + System.identityHashCode(callers);
    }
  }

  private record Call(int rule, int depth) implements Comparable<Call> {
    @Override
    public int compareTo(Call other) {
      return rule != other.rule
          ? Integer.compare(rule, other.rule)
          : Integer.compare(depth, other.depth);
    }
  }

  /** Where a text may be in the grammar. */
  static final class State {
    private final Place[] places;
    private final boolean accepts;
    private State @Nullable [] next;

    /** Kept for {@link PlainCharacters}. */
    @Nullable State afterAnyCharacter;

    private State(Place[] places, boolean accepts) {
      this.places = places;
      this.accepts = accepts;
    }

    /** Whether the text may end here. */
    boolean accepts() {
      return accepts;
    }

    /** Number of places: how much work a step is. */
    int places() {
      return places.length;
    }

    /** Whether no byte can follow. */
    boolean isLast() {
      return places.length == 0;
    }
  }

  ByteAutomaton(Grammar grammar) {
    this.grammar = grammar;
    Closure closure = new Closure();
    closure.add(grammar.start(), new Callers(new Frame[0], 0, 0));
    start = closure.state();
  }

  State start() {
    return start;
  }

  /** Whether two bytes are the same to the grammar. */
  boolean isSame(int unsignedByte, int other) {
    return grammar.byteClasses()[unsignedByte] == grammar.byteClasses()[other];
  }

  /** The state after a byte, null if the byte cannot follow. */
  @Nullable State next(State state, int unsignedByte) {
    int byteClass = grammar.byteClasses()[unsignedByte];
    State[] table = state.next;
    if (table == null) {
      table = new State[grammar.classes()];
      state.next = table;
    }
    State next = table[byteClass];
    if (next == null) {
      next = step(state, unsignedByte);
      table[byteClass] = next;
    }
    return next == dead ? null : next;
  }

  private State step(State state, int unsignedByte) {
    Closure closure = new Closure();
    for (Place place : state.places) {
      int[] edges = grammar.byteEdges()[place.node()];
      for (int i = 0; i < edges.length; i += 3) {
        if (edges[i] <= unsignedByte && unsignedByte <= edges[i + 1]) {
          closure.add(edges[i + 2], place.callers());
        }
      }
    }
    return closure.state();
  }

  /** All places that are reached from some without a byte. */
  private final class Closure {
    private final Set<Place> seen = new HashSet<>();
    private final List<Place> work = new ArrayList<>();
    private final List<Place> places = new ArrayList<>();
    private final TreeMap<Call, Set<Frame>> calls = new TreeMap<>();
    private boolean accepts;

    void add(int node, Callers waiting) {
      if (grammar.heights()[node] <= MAX_DEPTH - waiting.depth) {
        Place place = new Place(node, waiting);
        if (seen.add(place)) {
          work.add(place);
        }
      }
    }

    State state() {
      while (!work.isEmpty()) {
        visit(work.removeLast());
      }
      // A rule begins with bytes, so that no further call comes out of this.
      calls.forEach((call, frames) -> add(call.rule(), waiting(frames, call.depth())));
      while (!work.isEmpty()) {
        visit(work.removeLast());
      }
      if (places.isEmpty() && !accepts) {
        return dead;
      }
      return intern(places, accepts);
    }

    private void visit(Place place) {
      int node = place.node();
      Callers waiting = place.callers();
      if (grammar.byteEdges()[node].length > 0) {
        places.add(place);
      }
      for (int to : grammar.freeEdges()[node]) {
        add(to, waiting);
      }
      int[] called = grammar.calls()[node];
      int depth = waiting.depth + 1;
      for (int i = 0; i < called.length; i += 2) {
        if (grammar.heights()[called[i]] <= MAX_DEPTH - depth
            && grammar.heights()[called[i + 1]] <= MAX_DEPTH - waiting.depth) {
          calls
              .computeIfAbsent(new Call(called[i], depth), key -> new HashSet<>())
              .add(new Frame(called[i + 1], waiting));
        }
      }
      if (grammar.ends()[node]) {
        accepts |= waiting.frames.length == 0;
        for (Frame frame : waiting.frames) {
          add(frame.returnTo(), frame.callers());
        }
      }
    }
  }

  private Callers waiting(Set<Frame> frames, int depth) {
    return callers.computeIfAbsent(
        frames, key -> new Callers(key.toArray(new Frame[0]), depth, ++callersMade));
  }

  /** The one state with these places. */
  private State intern(List<Place> places, boolean accepts) {
    Key key = new Key(places.stream().sorted().toList(), accepts);
    State known = states.get(key);
    if (known != null) {
      return known;
    }
    if (states.size() >= MAX_STATES || placesKept > MAX_PLACES) {
      states.clear();
      callers.clear();
      placesKept = 0;
    }
    placesKept += places.size();
    State made = new State(key.places().toArray(new Place[0]), accepts);
    states.put(key, made);
    return made;
  }
}
