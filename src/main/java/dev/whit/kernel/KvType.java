package dev.whit.kernel;

/** Element type of the key/value cache. */
public enum KvType {
  /** IEEE binary32. */
  F32(Float.BYTES, 0),
  /**
   * Two bytes. On the CPU a 16-bit integer times a scale, as in {@link #INT8}: where IEEE binary16
   * has 11 bits for every element it has 15 below the largest, and it multiplies as it is stored.
   */
  F16(Short.BYTES, Float.BYTES),
  /** A signed byte times an f32 scale that the elements of one head of one token share. */
  INT8(Byte.BYTES, Float.BYTES);

  private final int elementBytes;
  private final int scaleBytes;

  KvType(int elementBytes, int scaleBytes) {
    this.elementBytes = elementBytes;
    this.scaleBytes = scaleBytes;
  }

  /** Bytes of one token's key, or value, of one head. */
  public long headBytes(int headDim) {
    return (long) headDim * elementBytes + scaleBytes;
  }
}
