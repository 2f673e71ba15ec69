package dev.whit.kernel;

import java.util.Arrays;

/** What the parts of the contract share: the implementation, and buffers of it. */
interface KernelsUnderTest {
  /** What buffers hold where nothing may be written. */
  float GUARD = -12345.5f;

  /** The implementation; open during each test. */
  Kernels kernels();

  /** A buffer holding {@code values}. */
  default Buffer buffer(float... values) {
    Buffer buffer = kernels().allocate(values.length);
    buffer.write(values, 0, 0, values.length);
    return buffer;
  }

  /** A buffer of {@code length} guard values. */
  default Buffer guarded(int length) {
    float[] values = new float[length];
    Arrays.fill(values, GUARD);
    return buffer(values);
  }

  /** All values of a buffer. */
  default float[] read(Buffer buffer) {
    float[] values = new float[buffer.length()];
    buffer.read(0, values, 0, values.length);
    return values;
  }
}
