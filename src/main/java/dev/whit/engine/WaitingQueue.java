package dev.whit.engine;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The sequences that wait. Next is the most urgent; of equally urgent ones, one that has begun and
 * was preempted; of the others, one of the caller who has been served least; of a caller's, the one
 * that arrived first.
 *
 * <p>What a caller has been served is counted in tokens (the virtual token counter of Sheng et al.,
 * "Fairness in Serving Large Language Models", OSDI 2024): its prompts' when they begin, its
 * answers' as they come. Who asks after a while is put level with whoever was served last, so that
 * nobody saves up a claim to all of the machine, and goes on from there.
 */
final class WaitingQueue {
  /** Orders the sequences of one caller, and the running ones of all. */
  static final Comparator<Sequence> ORDER =
      Comparator.<Sequence>comparingInt(sequence -> sequence.request().priority())
          .thenComparingLong(Sequence::place);

  /** Counters that are kept of callers that do not wait. */
  private static final int MOST_COUNTERS = 1024;

  /** Orders what comes next of each caller. */
  private final Comparator<Sequence> fair =
      Comparator.<Sequence>comparingInt(sequence -> sequence.request().priority())
          .thenComparing(Sequence::hasBegun, Comparator.reverseOrder())
          .thenComparingLong(this::served)
          .thenComparingLong(Sequence::place);

  private final Map<String, NavigableSet<Sequence>> byCaller = new HashMap<>();
  private final Map<String, Long> served = new HashMap<>();

  /** The counter of the caller whose sequence was taken last, when it was taken. */
  private long level;

  /** Puts a sequence into its place. */
  void add(Sequence sequence) {
    byCaller
        .computeIfAbsent(
            caller(sequence),
            caller -> {
              if (served.size() >= byCaller.size() + MOST_COUNTERS) {
                served.keySet().retainAll(byCaller.keySet());
              }
              served.merge(caller, level, Math::max);
              return new TreeSet<>(ORDER);
            })
        .add(sequence);
  }

  /** The next sequence, which stays; null if there is none. */
  @Nullable Sequence first() {
    return byCaller.values().stream().map(NavigableSet::first).min(fair).orElse(null);
  }

  /** Takes a sequence out, to run. */
  void take(Sequence sequence) {
    level = served(sequence);
    remove(sequence);
  }

  /** Takes a sequence out, if it waits. */
  boolean remove(Sequence sequence) {
    NavigableSet<Sequence> own = byCaller.get(caller(sequence));
    if (own == null || !own.remove(sequence)) {
      return false;
    }
    if (own.isEmpty()) {
      byCaller.remove(caller(sequence));
    }
    return true;
  }

  /** The caller of a sequence has been given so many tokens' worth of work. */
  void charge(Sequence sequence, int tokens) {
    served.merge(caller(sequence), (long) tokens, Long::sum);
  }

  private long served(Sequence sequence) {
    return served.getOrDefault(caller(sequence), level);
  }

  private static String caller(Sequence sequence) {
    return sequence.request().caller();
  }

  /** All, in no particular order; not a view. */
  Collection<Sequence> all() {
    List<Sequence> all = new ArrayList<>();
    byCaller.values().forEach(all::addAll);
    return all;
  }

  /** Callers whose share is remembered. */
  int counters() {
    return served.size();
  }

  int size() {
    return byCaller.values().stream().mapToInt(Collection::size).sum();
  }

  boolean isEmpty() {
    return byCaller.isEmpty();
  }
}
