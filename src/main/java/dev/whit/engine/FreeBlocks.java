package dev.whit.engine;

/**
 * The cache blocks that nobody holds, in the order in which they are to be used again; any of them
 * can be taken out. A doubly linked list over block ids, without allocation.
 */
final class FreeBlocks {
  // Links of each block; the entry after the last is the list's head and closes the ring.
  private final int[] next;
  private final int[] previous;
  private final int head;
  private int size;

  /** Blocks 0 to {@code blocks − 1}, in this order. */
  FreeBlocks(int blocks) {
    next = new int[blocks + 1];
    previous = new int[blocks + 1];
    head = blocks;
    next[head] = head;
    previous[head] = head;
    for (int block = 0; block < blocks; block++) {
      addLast(block);
    }
  }

  int size() {
    return size;
  }

  /** The block to use next; there must be one. */
  int first() {
    if (size == 0) {
      throw new IllegalStateException("all " + head + " blocks are taken");
    }
    return next[head];
  }

  void addFirst(int block) {
    insert(block, head, next[head]);
  }

  void addLast(int block) {
    insert(block, previous[head], head);
  }

  private void insert(int block, int before, int after) {
    previous[block] = before;
    next[block] = after;
    next[before] = block;
    previous[after] = block;
    size++;
  }

  /** Takes a block out, which must be in. */
  void remove(int block) {
    next[previous[block]] = next[block];
    previous[next[block]] = previous[block];
    size--;
  }
}
