package dev.whit.kernel;

/**
 * Shape of a paged key/value cache: for each layer, keys and values of {@code blocks} blocks of
 * {@code blockSize} token slots, each slot {@code kvHeads * headDim} elements.
 */
public record KvShape(
    int layers, int blocks, int blockSize, int kvHeads, int headDim, KvType type) {
  /** Elements of a layer's keys, or values: what one Java array holds. */
  private static final int MAX_LAYER_ELEMENTS = Integer.MAX_VALUE - 8;

  public KvShape {
    if (layers < 1 || blocks < 1 || blockSize < 1 || kvHeads < 1 || headDim < 1) {
      throw new IllegalArgumentException("empty cache");
    }
  }

  /** Bytes of one token's keys and values in all layers. */
  public static long bytesPerToken(int layers, int kvHeads, int headDim, KvType type) {
    return 2L * layers * kvHeads * type.headBytes(headDim);
  }

  /** Most blocks of a cache whose elements of one layer are numbered by an int. */
  public static int maxBlocks(int blockSize, int kvHeads, int headDim) {
    return MAX_LAYER_ELEMENTS / blockSize / kvHeads / headDim;
  }

  /** Bytes of the whole cache. */
  public long bytes() {
    return bytesPerToken(layers, kvHeads, headDim, type) * blocks * blockSize;
  }
}
