package dev.whit.kernel.cpu;

import dev.whit.kernel.Buffer;

/** Activations in a heap array. Length 0 once closed, so that any later use does not fit. */
final class HostBuffer implements Buffer {
  private static final float[] CLOSED = {};

  private float[] values;

  HostBuffer(int length) {
    Arguments.inRange("length", length, 0, Integer.MAX_VALUE);
    values = new float[length];
  }

  /** The values themselves, not a copy. */
  float[] values() {
    return values;
  }

  @Override
  public int length() {
    return values.length;
  }

  @Override
  public void write(float[] source, int sourceOffset, int offset, int length) {
    requireRanges(source, sourceOffset, offset, length);
    System.arraycopy(source, sourceOffset, values, offset, length);
  }

  @Override
  public void read(int offset, float[] target, int targetOffset, int length) {
    requireRanges(target, targetOffset, offset, length);
    System.arraycopy(values, offset, target, targetOffset, length);
  }

  private void requireRanges(float[] host, int hostOffset, int offset, int length) {
    Arguments.inRange("length", length, 0, values.length);
    Arguments.inRange("offset", offset, 0, values.length - length);
    Arguments.inRange("host array offset", hostOffset, 0, (long) host.length - length);
  }

  @Override
  public void close() {
    values = CLOSED;
  }
}
