package dev.whit.kernel;

/** Element type of the key/value cache. */
public enum KvType {
  F32(4),
  F16(2);

  private final int bytes;

  KvType(int bytes) {
    this.bytes = bytes;
  }

  /** Size of one element in bytes. */
  public int bytes() {
    return bytes;
  }
}
