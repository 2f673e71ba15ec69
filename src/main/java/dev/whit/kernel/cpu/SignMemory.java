package dev.whit.kernel.cpu;

/**
 * Where {@link PackedSigns} lie: one after the other in few large arrays, each beginning a cache
 * line. An array of its own for every factor would cost the collector's region that it leaves half
 * empty, or copies of it while the heap is young, and would begin anywhere in a line.
 *
 * <p>One thread at a time takes memory. An array goes when nothing in it is used any more.
 */
final class SignMemory {
  private static final int LINE = 16; // ints

  /** The data of an array that begins a line follows a header of 16 bytes. */
  private static final int FIRST = 12;

  /** With its header, 16 MiB: a whole number of the collector's regions, whatever their size. */
  private static final int ARRAY = (16 << 20) / Integer.BYTES - (LINE - FIRST);

  private int[] array = {};
  private int next;

  /**
   * Some ints of an array, all 0.
   *
   * @param array what they are in
   * @param start the first, which begins a line if the array does
   */
  record Slice(int[] array, int start) {}

  /**
   * Takes the next {@code length} ints.
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
    if (size > ARRAY - FIRST) {
      return new Slice(new int[FIRST + size], FIRST); // what is left of the last one stays
    }
    if (size > array.length - next) {
      array = new int[ARRAY];
      next = FIRST;
    }
    Slice slice = new Slice(array, next);
    next += size;
    return slice;
  }
}
