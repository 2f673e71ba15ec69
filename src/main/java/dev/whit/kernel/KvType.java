package dev.whit.kernel;

/** Element type of the key/value cache. */
public enum KvType {
  /** IEEE binary32. */
  F32(Float.BYTES, 0),
  /** IEEE binary16. */
  F16(Short.BYTES, 0),
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
