package dev.whit.kernel.cpu;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Where {@link PackedSigns} lie: beside each other in few large arrays, each beginning a cache
 * line. An array of its own for every factor would cost the collector's region that it leaves half
 * empty, or copies of it while the heap is young, and would begin anywhere in a line.
 *
 * <p>One thread at a time takes memory. An array goes when nothing in it is used any more.
 */
final class SignMemory {
  private static final int LINE = 16; // ints

  /** The data of an array that begins a line follows a header of 16 bytes. */
  private static final int FIRST = 12;

  /** Ints of the largest shared array: with its header, a whole number of the heap's regions. */
  private static final int MOST = withHeader(16 << 20);

  /** Arrays whose rest may still hold a small factor. */
  private static final int OPEN = 8;

  private final Deque<Space> open = new ArrayDeque<>();
  private int nextBytes = 1 << 20;

  /** An array of which the ints from {@code next} on are free. */
  private static final class Space {
    final int[] array;
    int next = FIRST;

    Space(int length) {
      array = new int[length];
    }

    int left() {
      return array.length - next;
    }
  }

  /**
   * Some ints of an array, all 0.
   *
   * @param array what they are in
   * @param start the first, which begins a line if the array does
   */
  record Slice(int[] array, int start) {}

  /**
   * Takes {@code length} ints.
   *
   * @throws IllegalArgumentException if no array can be so long
   */
  Slice take(long length) {
    long padded = Math.ceilDiv(length, (long) LINE) * LINE;
    if (padded + FIRST > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "a factor of " + length + " words is too large for one array");
    }
    int size = (int) padded;
    if (size > MOST - FIRST) {
      return new Slice(new int[FIRST + size], FIRST);
    }
    for (Space space : open) {
      if (size <= space.left()) {
        return take(space, size);
      }
    }
    // From small to large, so that a small model does not hold much more than it needs.
    while (withHeader(nextBytes) < size + FIRST) {
      nextBytes *= 2;
    }
    Space space = new Space(withHeader(nextBytes));
    nextBytes = Math.min(2 * nextBytes, 16 << 20);
    open.addLast(space);
    if (open.size() > OPEN) {
      open.removeFirst();
    }
    return take(space, size);
  }

  private static Slice take(Space space, int size) {
    Slice slice = new Slice(space.array, space.next);
    space.next += size;
    return slice;
  }

  private static int withHeader(int bytes) {
    return bytes / Integer.BYTES - (LINE - FIRST);
  }
}
