package dev.whit.constraint;

import java.util.LinkedHashMap;
import java.util.function.Function;

/**
 * The masks of the states of all constraints of a model that were used last, within a bound of
 * memory. Safe for use by many threads.
 */
final class MaskCache {
  private static final long MAX_BYTES = 64L << 20;

  private final LinkedHashMap<ByteAutomaton.State, long[]> masks =
      new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  /** A state's mask, made where it is not there; never to be changed. */
  synchronized long[] get(ByteAutomaton.State state, Function<ByteAutomaton.State, long[]> make) {
    long[] known = masks.get(state);
    if (known != null) {
      return known;
    }
    long[] made = make.apply(state);
    masks.put(state, made);
    bytes += 8L * made.length;
    while (bytes > MAX_BYTES && masks.size() > 1) {
      long[] eldest = masks.pollFirstEntry().getValue();
      bytes -= 8L * eldest.length;
    }
    return made;
  }
}
