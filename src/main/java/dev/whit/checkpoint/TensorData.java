package dev.whit.checkpoint;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Reads the elements of a tensor, in row-major order whatever its strides. */
public final class TensorData {
  /** What a JVM can surely allocate as one array. */
  private static final int MAX_ARRAY_LENGTH = Integer.MAX_VALUE - 8;

  private TensorData() {}

  /**
   * All elements as floats, rounded where their type is wider.
   *
   * @throws CheckpointException when they do not fit into one array
   */
  public static float[] floats(Tensor tensor) {
    float[] values = new float[arrayLength(tensor)];
    MemorySegment data = contiguous(tensor);
    switch (tensor.dtype()) {
      case F32 -> MemorySegment.copy(data, LittleEndian.FLOAT, 0, values, 0, values.length);
      case F16 -> {
        for (int i = 0; i < values.length; i++) {
          values[i] = Float.float16ToFloat(data.getAtIndex(LittleEndian.SHORT, i));
        }
      }
      case BF16 -> {
        for (int i = 0; i < values.length; i++) {
          values[i] = bfloat16(data.getAtIndex(LittleEndian.SHORT, i));
        }
      }
      case F64 -> {
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) data.getAtIndex(LittleEndian.DOUBLE, i);
        }
      }
      case BOOL, U8, I8, I16, U16, I32, U32, I64, U64 -> {
        for (int i = 0; i < values.length; i++) {
          values[i] = integer(tensor, data, i);
        }
      }
      case Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K ->
          BlockQuantization.widen(tensor.dtype(), data, 0, values.length, values);
    }
    return values;
  }

  /**
   * All elements of an integer tensor.
   *
   * @throws CheckpointException when the tensor is not of integers, or one exceeds 2^63 − 1, or
   *     they do not fit into one array
   */
  public static long[] longs(Tensor tensor) {
    long[] values = new long[arrayLength(tensor)];
    MemorySegment data = contiguous(tensor);
    for (int i = 0; i < values.length; i++) {
      values[i] = integer(tensor, data, i);
    }
    return values;
  }

  /**
   * One element of any type, exact but for integers beyond 2^53.
   *
   * @param index its place in row-major order, less than {@link Tensor#elements()}
   */
  public static double element(Tensor tensor, long index) {
    long at = storedIndex(tensor, index);
    MemorySegment data = tensor.data();
    return switch (tensor.dtype()) {
      case F64 -> data.getAtIndex(LittleEndian.DOUBLE, at);
      case F32 -> data.getAtIndex(LittleEndian.FLOAT, at);
      case F16 -> Float.float16ToFloat(data.getAtIndex(LittleEndian.SHORT, at));
      case BF16 -> bfloat16(data.getAtIndex(LittleEndian.SHORT, at));
      case BOOL, U8, I8, I16, U16, I32, U32, I64, U64 -> integer(tensor, data, at);
      case Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K -> {
        int step = tensor.dtype().blockElements();
        float[] block = new float[step];
        BlockQuantization.widen(tensor.dtype(), data, at / step * step, step, block);
        yield block[(int) (at % step)];
      }
    };
  }

  /**
   * The bytes of all elements without gaps: the mapped file itself where they lie so, else a copy,
   * which the garbage collector frees.
   */
  public static MemorySegment contiguous(Tensor tensor) {
    if (tensor.isContiguous() || tensor.elements() == 0) {
      return tensor.data();
    }
    int bytes = tensor.dtype().bytes();
    long elements = tensor.elements();
    MemorySegment copy = Arena.ofAuto().allocate(elements * bytes, Long.BYTES);
    for (long i = 0; i < elements; i++) {
      MemorySegment.copy(tensor.data(), storedIndex(tensor, i) * bytes, copy, i * bytes, bytes);
    }
    return copy;
  }

  /** Where the element of a row-major index is stored, in elements from the tensor's first. */
  private static long storedIndex(Tensor tensor, long index) {
    long rest = index;
    long at = 0;
    for (int d = tensor.shape().length - 1; d >= 0; d--) {
      at += rest % tensor.shape()[d] * tensor.strides()[d];
      rest /= tensor.shape()[d];
    }
    return at;
  }

  private static float bfloat16(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  private static long integer(Tensor tensor, MemorySegment data, long at) {
    return switch (tensor.dtype()) {
      case BOOL -> data.get(ValueLayout.JAVA_BYTE, at) == 0 ? 0 : 1;
      case U8 -> Byte.toUnsignedLong(data.get(ValueLayout.JAVA_BYTE, at));
      case I8 -> data.get(ValueLayout.JAVA_BYTE, at);
      case I16 -> data.getAtIndex(LittleEndian.SHORT, at);
      case U16 -> Short.toUnsignedLong(data.getAtIndex(LittleEndian.SHORT, at));
      case I32 -> data.getAtIndex(LittleEndian.INT, at);
      case U32 -> Integer.toUnsignedLong(data.getAtIndex(LittleEndian.INT, at));
      case I64 -> data.getAtIndex(LittleEndian.LONG, at);
      case U64 -> {
        long value = data.getAtIndex(LittleEndian.LONG, at);
        if (value < 0) {
          throw CheckpointException.tensor(
              tensor.file(), tensor.name(), Long.toUnsignedString(value) + " exceeds 2^63 - 1");
        }
        yield value;
      }
      case F16, BF16, F32, F64, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K ->
          throw CheckpointException.tensor(
              tensor.file(), tensor.name(), tensor.describe() + " is not of integers");
    };
  }

  private static int arrayLength(Tensor tensor) {
    if (tensor.elements() > MAX_ARRAY_LENGTH) {
      throw CheckpointException.tensor(
          tensor.file(),
          tensor.name(),
          "%s does not fit into one array of %d".formatted(tensor.describe(), MAX_ARRAY_LENGTH));
    }
    return (int) tensor.elements();
  }
}
