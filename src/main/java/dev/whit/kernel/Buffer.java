package dev.whit.kernel;

/**
 * Activations: f32 values in a device's memory, laid out row-major by whoever uses them. Made by
 * {@link Kernels#allocate}; owned by the caller, who closes it.
 */
public interface Buffer extends AutoCloseable {
  /** Number of f32 values. */
  int length();

  /** Copies {@code length} values from host memory into this buffer at {@code offset}. */
  void write(float[] source, int sourceOffset, int offset, int length);

  /** Copies {@code length} values of this buffer, from {@code offset}, to host memory. */
  void read(int offset, float[] target, int targetOffset, int length);

  @Override
  void close();
}
