package dev.whit.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

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

  /** The first {@code length} values, when all that follow are guards. */
  default float[] body(Buffer out, int length) {
    float[] values = read(out);
    assertThat(Arrays.copyOfRange(values, length, values.length))
        .as("past the last row")
        .containsOnly(GUARD);
    return Arrays.copyOf(values, length);
  }

  /** Requires a call to be refused for its arguments. */
  default void refused(ThrowingCallable call) {
    assertThatIllegalArgumentException().isThrownBy(call);
  }
}
