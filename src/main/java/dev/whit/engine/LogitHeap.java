package dev.whit.engine;

/**
 * Hands out the tokens of a row of logits best first, ties by lowest id, without sorting all of
 * them. Those near the best one make a heap; the others, which are nearly all and which hardly
 * anybody asks for, make the next one when it is empty. Reused for every row.
 */
final class LogitHeap {
  /** Distance from the best logit of those that come first: e^−6 of its probability. */
  private static final float BAND = 6;

  // One entry orders as (logit, −id): the sortable bits of the float above the inverted id.
  private final long[] entries;
  private float[] logits = {};
  private float floor;
  private int size;

  LogitHeap(int vocabulary) {
    entries = new long[vocabulary];
  }

  /**
   * Takes a row.
   *
   * @param row [vocabulary], finite; stays as it is until the last token has been removed
   * @param max its greatest logit
   */
  void load(float[] row, float max) {
    logits = row;
    floor = max - BAND;
    size = 0;
    for (int id = 0; id < row.length; id++) {
      if (row[id] >= floor) {
        entries[size++] = entry(row[id], id);
      }
    }
    order();
  }

  private void loadOthers() {
    for (int id = 0; id < logits.length; id++) {
      if (logits[id] < floor) {
        entries[size++] = entry(logits[id], id);
      }
    }
    order();
  }

  private void order() {
    for (int i = size / 2 - 1; i >= 0; i--) {
      siftDown(i, entries[i]);
    }
  }

  /** Removes the best token that is left; there must be one. */
  int removeBest() {
    if (size == 0) {
      loadOthers();
    }
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
