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
    long perLayer;
    try {
      perLayer =
          Math.multiplyExact(
              (long) shape.blocks() * shape.blockSize(), (long) shape.kvHeads() * shape.headDim());
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("a layer of " + shape + " does not fit an array", e);
    }
    Arguments.inRange("elements of a layer's keys", perLayer, 1, Integer.MAX_VALUE - 8);
    keys = new KvElements[shape.layers()];
    values = new KvElements[shape.layers()];
    for (int l = 0; l < shape.layers(); l++) {
      keys[l] = KvElements.allocate(shape.type(), (int) perLayer);
      values[l] = KvElements.allocate(shape.type(), (int) perLayer);
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
    return (block * shape.kvHeads() + head) * shape.blockSize() * shape.headDim();
  }

  /** Writes one token's key and value of every head; both [kvHeads, headDim] in {@code source}. */
  void put(int layer, int slot, float[] source, int keyOffset, int valueOffset) {
    int blockSize = shape.blockSize();
    int headDim = shape.headDim();
    int inBlock = slot % blockSize;
    for (int h = 0; h < shape.kvHeads(); h++) {
      int run = runOf(slot / blockSize, h);
      keys[layer].put(source, keyOffset + h * headDim, headDim, run + inBlock, blockSize);
      values[layer].put(source, valueOffset + h * headDim, headDim, run + inBlock * headDim, 1);
    }
  }

  /** Element {@code d} of the key in a slot. */
  float key(int layer, int slot, int head, int d) {
    int blockSize = shape.blockSize();
    return keys[layer].get(runOf(slot / blockSize, head) + d * blockSize + slot % blockSize);
  }

  /** Element {@code d} of the value in a slot. */
  float value(int layer, int slot, int head, int d) {
    int blockSize = shape.blockSize();
    return values[layer].get(
        runOf(slot / blockSize, head) + slot % blockSize * shape.headDim() + d);
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
