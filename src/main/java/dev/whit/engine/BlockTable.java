package dev.whit.engine;

import java.util.Arrays;

/** The cache blocks of one sequence, in order of position. */
public final class BlockTable {
  private final int blockSize;
  private int[] blocks = new int[4];
  private int count;

  BlockTable(int blockSize) {
    this.blockSize = blockSize;
  }

  /** Number of blocks. */
  public int count() {
    return count;
  }

  /** Id of the {@code index}-th block. */
  public int block(int index) {
    return blocks[index];
  }

  /** Cache slot of a position: {@code block * blockSize + offset}. */
  public int slot(int position) {
    return blocks[position / blockSize] * blockSize + position % blockSize;
  }

  /** Blocks that are missing to hold {@code tokens} tokens. */
  int missing(int tokens) {
    return Math.max(0, Math.ceilDiv(tokens, blockSize) - count);
  }

  /** Takes the blocks that are missing to hold {@code tokens} tokens; they must be free. */
  void grow(int tokens, BlockManager manager) {
    for (int i = missing(tokens); i > 0; i--) {
      add(manager.allocate());
    }
  }

  /** Shares a block that has the content of the next positions. */
  void share(int block, BlockManager manager) {
    manager.retain(block);
    add(block);
  }

  private void add(int block) {
    if (count == blocks.length) {
      blocks = Arrays.copyOf(blocks, 2 * count);
    }
    blocks[count++] = block;
  }

  /** Gives all blocks back, the last first: what follows a missing block is of no use. */
  void release(BlockManager manager) {
    while (count > 0) {
      manager.release(blocks[--count]);
    }
  }

  /** Gives all blocks back and lets nobody find what they contain. */
  void discard(BlockManager manager) {
    for (int i = 0; i < count; i++) {
      manager.forget(blocks[i]);
    }
    release(manager);
  }
}
