package dev.whit.kernel.cpu;

import dev.whit.kernel.KvShape;
import dev.whit.kernel.KvStore;

/**
 * A paged key/value cache in heap arrays, two a layer. Keys are [block, kvHead, headDim, slot] and
 * values [block, kvHead, slot, headDim]: what attention reads of one head in one block is one
 * contiguous run, and both of its products then add up lane by lane (scores with a slot in each
 * lane, outputs with a head element in each lane), without sums across a vector.
 */
final class HostKvStore implements KvStore {
  private final KvShape shape;
  private KvElements[] keys;
  private KvElements[] values;

  /**
   * @throws IllegalArgumentException when one layer does not fit an array
   */
  HostKvStore(KvShape shape) {
    this.shape = shape;
    int limit = KvShape.maxBlocks(shape.blockSize(), shape.kvHeads(), shape.headDim());
    Arguments.inRange("blocks", shape.blocks(), 1, limit);
    int vectors = shape.blocks() * shape.blockSize() * shape.kvHeads();
    keys = new KvElements[shape.layers()];
    values = new KvElements[shape.layers()];
    for (int l = 0; l < shape.layers(); l++) {
      keys[l] = KvElements.allocate(shape.type(), vectors, shape.headDim());
      values[l] = KvElements.allocate(shape.type(), vectors, shape.headDim());
    }
  }

  @Override
  public KvShape shape() {
    return shape;
  }

  /** Keys of a layer, [block, kvHead, headDim, slot]. */
  KvElements keys(int layer) {
    return keys[layer];
  }

  /** Values of a layer, [block, kvHead, slot, headDim]. */
  KvElements values(int layer) {
    return values[layer];
  }

  /** Index of the first element of a head in a block, in keys and values alike. */
  int runOf(int block, int head) {
    return vectorOf(block, head) * shape.headDim();
  }

  /** Number of a head's vector in the first slot of a block. */
  int vectorOf(int block, int head) {
    return (block * shape.kvHeads() + head) * shape.blockSize();
  }

  /** Writes one token's key and value of every head; both [kvHeads, headDim] in {@code source}. */
  void put(int layer, int slot, float[] source, int keyOffset, int valueOffset) {
    int blockSize = shape.blockSize();
    int headDim = shape.headDim();
    int inBlock = slot % blockSize;
    for (int h = 0; h < shape.kvHeads(); h++) {
      int run = runOf(slot / blockSize, h);
      int vector = vectorOf(slot / blockSize, h) + inBlock;
      keys[layer].put(source, keyOffset + h * headDim, headDim, run + inBlock, blockSize, vector);
      values[layer].put(source, valueOffset + h * headDim, headDim, vector * headDim, 1, vector);
    }
  }

  /** Element {@code d} of the key in a slot. */
  float key(int layer, int slot, int head, int d) {
    int blockSize = shape.blockSize();
    int block = slot / blockSize;
    int inBlock = slot % blockSize;
    return keys[layer].get(
        runOf(block, head) + d * blockSize + inBlock, vectorOf(block, head) + inBlock);
  }

  /** Element {@code d} of the value in a slot. */
  float value(int layer, int slot, int head, int d) {
    int vector = vectorOf(slot / shape.blockSize(), head) + slot % shape.blockSize();
    return values[layer].get(vector * shape.headDim() + d, vector);
  }

  /** Whether {@link #close} was called. */
  boolean isClosed() {
    return keys.length == 0;
  }

  @Override
  public void close() {
    keys = new KvElements[0];
    values = new KvElements[0];
  }
}
