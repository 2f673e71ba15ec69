package dev.whit.engine;

/**
 * Hands out the tokens of a row of logits best first, ties by lowest id, without sorting all of
 * them: building takes O(vocabulary), each token O(log vocabulary). Reused for every row.
 */
final class LogitHeap {
  // One entry orders as (logit, −id): the sortable bits of the float above the inverted id.
  private final long[] entries;
  private int size;

  LogitHeap(int vocabulary) {
    entries = new long[vocabulary];
  }

  /** Takes a row of finite logits, [vocabulary]. */
  void load(float[] logits) {
    size = entries.length;
    for (int id = 0; id < size; id++) {
      entries[id] = entry(logits[id], id);
    }
    for (int i = size / 2 - 1; i >= 0; i--) {
      siftDown(i, entries[i]);
    }
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Removes the best token that is left; there must be one. */
  int removeBest() {
    int id = ~(int) entries[0];
    long last = entries[--size];
    if (size > 0) {
      siftDown(0, last);
    }
    return id;
  }

  private static long entry(float logit, int id) {
    int bits = Float.floatToRawIntBits(logit + 0f); // −0 becomes 0: they are equal
    int sortable = bits ^ (bits >> 31 & 0x7FFFFFFF);
    return (long) sortable << 32 | (~id & 0xFFFFFFFFL);
  }

  private void siftDown(int hole, long entry) {
    int parent = hole;
    for (int child = 2 * parent + 1; child < size; child = 2 * parent + 1) {
      if (child + 1 < size && entries[child + 1] > entries[child]) {
        child++;
      }
      if (entries[child] <= entry) {
        break;
      }
      entries[parent] = entries[child];
      parent = child;
    }
    entries[parent] = entry;
  }
}
