package dev.whit.engine;

/**
 * Which cache blocks are taken: ids and reference counts only. A block is free again when nobody
 * holds it.
 */
final class BlockManager {
  private final int[] references;
  private final int[] freeList;
  private int free;

  /** All of {@code blocks} blocks, free. */
  BlockManager(int blocks) {
    references = new int[blocks];
    freeList = new int[blocks];
    free = blocks;
    for (int i = 0; i < blocks; i++) {
      freeList[i] = blocks - 1 - i; // taken from the end: lowest ids first
    }
  }

  /** A free block, now held once. There must be one. */
  int allocate() {
    if (free == 0) {
      throw new IllegalStateException("all " + references.length + " blocks are taken");
    }
    int block = freeList[--free];
    references[block] = 1;
    return block;
  }

  /** Holds a taken block once more. */
  void retain(int block) {
    requireTaken(block);
    references[block]++;
  }

  /** Gives up one hold of a block. */
  void release(int block) {
    requireTaken(block);
    if (--references[block] == 0) {
      freeList[free++] = block;
    }
  }

  int free() {
    return free;
  }

  int used() {
    return references.length - free;
  }

  int total() {
    return references.length;
  }

  private void requireTaken(int block) {
    if (references[block] == 0) {
      throw new IllegalStateException("block " + block + " is free");
    }
  }
}
