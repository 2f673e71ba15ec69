package dev.whit.constraint;

import dev.whit.constraint.ByteAutomaton.State;
import java.util.LinkedHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * The masks of the states of all constraints of a model that were used last, within a bound of
 * memory. Each is made once, by who asks first; others wait for that mask and for no other. Safe
 * for use by many threads.
 */
final class MaskCache {
  private final int most;
  private final LinkedHashMap<State, CompletableFuture<long[]>> masks =
      new LinkedHashMap<>(16, 0.75f, true);

  /**
   * An empty cache.
   *
   * @param most masks to keep
   */
  MaskCache(int most) {
    this.most = most;
  }

  /** A state's mask, made where it is not there; never to be changed. */
  long[] get(State state, Function<State, long[]> make) {
    CompletableFuture<long[]> mine = new CompletableFuture<>();
    CompletableFuture<long[]> known;
    synchronized (masks) {
      known = masks.get(state);
      if (known == null) {
        masks.put(state, mine);
        if (masks.size() > most) {
          masks.pollFirstEntry();
        }
      }
    }
    if (known != null) {
      return known.join();
    }
    try {
      long[] mask = make.apply(state);
      mine.complete(mask);
      return mask;
    } catch (RuntimeException | Error e) {
      mine.completeExceptionally(e);
      synchronized (masks) {
        masks.remove(state, mine);
      }
      throw e;
    }
  }

  /** Has a mask made that will be asked for, on a thread of its own. */
  void prepare(State state, Function<State, long[]> make) {
    boolean isMissing;
    synchronized (masks) {
      isMissing = !masks.containsKey(state);
    }
    if (isMissing) {
      Thread.ofVirtual().name("token-mask").start(() -> get(state, make));
    }
  }
}
