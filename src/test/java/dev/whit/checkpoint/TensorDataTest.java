package dev.whit.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TensorDataTest {
  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A tensor at an odd address, for nothing in a file is aligned. */
  private static Tensor tensor(DType dtype, long[] shape, long[] strides, ByteBuffer data) {
    MemorySegment misaligned = MemorySegment.ofArray(new byte[data.capacity() + 1]).asSlice(1);
    misaligned.copyFrom(MemorySegment.ofBuffer(data.duplicate().clear()));
    return new Tensor("t", Path.of("f"), 0, dtype, shape, strides, misaligned);
  }

  private static Tensor row(DType dtype, ByteBuffer data) {
    return tensor(dtype, new long[] {data.capacity() / dtype.bytes()}, new long[] {1}, data);
  }

  /** The minimum of the type, −1 where it has a sign, and 1. */
  private static Tensor integers(DType dtype) {
    int bytes = dtype.bytes();
    ByteBuffer data = little(3 * bytes);
    data.put(bytes - 1, (byte) 0x80);
    for (int i = bytes; i < 2 * bytes; i++) {
      data.put(i, (byte) 0xff);
    }
    return row(dtype, data.put(2 * bytes, (byte) 1));
  }

  private static long[] expected(DType dtype) {
    return switch (dtype) {
      case BOOL -> new long[] {1, 1, 1};
      case U8 -> new long[] {0x80, 0xff, 1};
      case I8 -> new long[] {Byte.MIN_VALUE, -1, 1};
      case U16 -> new long[] {0x8000, 0xffff, 1};
      case I16 -> new long[] {Short.MIN_VALUE, -1, 1};
      case U32 -> new long[] {0x8000_0000L, 0xffff_ffffL, 1};
      case I32 -> new long[] {Integer.MIN_VALUE, -1, 1};
      case I64 -> new long[] {Long.MIN_VALUE, -1, 1};
      case U64, F16, BF16, F32, F64, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K ->
          throw new AssertionError(dtype);
    };
  }

  @ParameterizedTest
  @EnumSource(names = {"BOOL", "U8", "I8", "U16", "I16", "U32", "I32", "I64"})
  void readsIntegersWithTheirSign(DType dtype) {
    Tensor tensor = integers(dtype);
    long[] expected = expected(dtype);

    assertThat(TensorData.longs(tensor)).containsExactly(expected);
    float[] floats = TensorData.floats(tensor);
    for (int i = 0; i < expected.length; i++) {
      assertThat(floats[i]).isEqualTo((float) expected[i]);
      assertThat(TensorData.element(tensor, i)).isEqualTo((double) expected[i]);
    }
  }

  @Test
  void refusesUnsignedIntegersThatNoLongHolds() {
    Tensor tensor = row(DType.U64, little(8).putLong(-1));

    assertThatExceptionOfType(CheckpointException.class)
        .isThrownBy(() -> TensorData.longs(tensor))
        .withMessage("f: tensor t: 18446744073709551615 exceeds 2^63 - 1");
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16", "F32", "F64"})
  void readsFloats(DType dtype) {
    ByteBuffer data = little(2 * dtype.bytes());
    float smallest =
        switch (dtype) {
          case F16 -> {
            data.putShort((short) 0x3e00).putShort((short) 0x8001);
            yield -0x1p-24f;
          }
          case BF16 -> {
            data.putShort((short) 0x3fc0).putShort((short) 0x8001);
            yield -0x1p-133f;
          }
          case F32 -> {
            data.putFloat(1.5f).putFloat(-Float.MIN_VALUE);
            yield -Float.MIN_VALUE;
          }
          case F64 -> {
            data.putDouble(1.5).putDouble(-0x1p-140);
            yield -0x1p-140f;
          }
          case BOOL,
              U8,
              I8,
              I16,
              U16,
              I32,
              U32,
              I64,
              U64,
              Q4_0,
              Q4_1,
              Q5_0,
              Q5_1,
              Q8_0,
              Q4_K,
              Q5_K,
              Q6_K ->
              throw new AssertionError(dtype);
        };
    Tensor tensor = row(dtype, data);

    assertThat(TensorData.floats(tensor)).containsExactly(1.5f, smallest);
    assertThat(TensorData.element(tensor, 1)).isEqualTo(smallest);
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16", "F32", "F64"})
  void refusesFloatsAsIntegers(DType dtype) {
    Tensor tensor = row(dtype, little(dtype.bytes()));

    assertThatExceptionOfType(CheckpointException.class)
        .isThrownBy(() -> TensorData.longs(tensor))
        .withMessageContaining("is not of integers");
  }

  @Test
  void readsStridedTensorsInRowMajorOrder() {
    ByteBuffer data = little(12);
    for (short i = 0; i < 6; i++) {
      data.putShort(i);
    }
    Tensor transposed = tensor(DType.I16, new long[] {3, 2}, new long[] {1, 3}, data);

    assertThat(TensorData.longs(transposed)).containsExactly(0, 3, 1, 4, 2, 5);
    assertThat(TensorData.floats(transposed)).containsExactly(0, 3, 1, 4, 2, 5);
    assertThat(TensorData.element(transposed, 3)).isEqualTo(4);
    assertThat(TensorData.contiguous(transposed).toArray(ValueLayout.JAVA_BYTE))
        .containsExactly(0, 0, 3, 0, 1, 0, 4, 0, 2, 0, 5, 0);
  }

  @Test
  void aContiguousTensorIsNotCopied() {
    Tensor tensor = row(DType.I16, little(12));

    assertThat(TensorData.contiguous(tensor)).isSameAs(tensor.data());
  }

  @Test
  void aScalarHasOneElementAndAnEmptyTensorNone() {
    Tensor scalar = tensor(DType.I64, new long[0], new long[0], little(8).putLong(7));
    Tensor empty = tensor(DType.F32, new long[] {2, 0}, new long[] {5, 3}, little(0));

    assertThat(TensorData.longs(scalar)).containsExactly(7);
    assertThat(TensorData.floats(empty)).isEmpty();
    assertThat(TensorData.contiguous(empty).byteSize()).isZero();
  }

  @Test
  void refusesMoreElementsThanAnArrayHolds() {
    Tensor huge = tensor(DType.U8, new long[] {1L << 31}, new long[] {1}, little(1));

    assertThatExceptionOfType(CheckpointException.class)
        .isThrownBy(() -> TensorData.floats(huge))
        .withMessageContaining("U8 [2147483648] does not fit into one array");
  }
}
