package dev.whit.engine;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who holds which cache block, and what it is known to contain: ids, reference counts and hashes
 * only. A block that nobody holds is free, but keeps its content, and can be held again by who
 * needs just that, until it is allocated for something else: the least recently held one first.
 */
final class BlockManager {
  /** There is no such block. */
  static final int NONE = -1;

  private final int[] references;
  private final FreeBlocks free;
  private final @Nullable BlockHash[] hashes;
  private final Map<BlockHash, Integer> byHash = new HashMap<>();

  /** All of {@code blocks} blocks, free and of unknown content. */
  BlockManager(int blocks) {
    references = new int[blocks];
    free = new FreeBlocks(blocks);
    hashes = new @Nullable BlockHash[blocks];
  }

  /** A free block for new content, now held once. There must be one. */
  int allocate() {
    int block = free.first();
    forget(block);
    retain(block);
    return block;
  }

  /** Holds a block once more. */
  void retain(int block) {
    if (references[block]++ == 0) {
      free.remove(block);
    }
  }

  /** Gives up one hold of a block. */
  void release(int block) {
    if (references[block] == 0) {
      throw new IllegalStateException("block " + block + " is free");
    }
    if (--references[block] == 0) {
      if (hashes[block] == null) {
        free.addFirst(block);
      } else {
        free.addLast(block);
      }
    }
  }

  /** A held block is full and contains what the hash says; of equal ones the first is found. */
  void publish(int block, BlockHash hash) {
    if (byHash.putIfAbsent(hash, block) == null) {
      hashes[block] = hash;
    }
  }

  /** The block with this content, or {@link #NONE}. */
  int find(BlockHash hash) {
    return byHash.getOrDefault(hash, NONE);
  }

  /** The content of a block is not to be found any more. */
  void forget(int block) {
    BlockHash hash = hashes[block];
    if (hash != null) {
      byHash.remove(hash);
      hashes[block] = null;
    }
  }

  int free() {
    return free.size();
  }

  int used() {
    return references.length - free.size();
  }

  int total() {
    return references.length;
  }
}
