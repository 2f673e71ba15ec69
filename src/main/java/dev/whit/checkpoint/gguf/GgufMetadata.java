package dev.whit.checkpoint.gguf;

import dev.whit.checkpoint.CheckpointException;
import dev.whit.checkpoint.LittleEndian;
import dev.whit.checkpoint.MappedFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The metadata of a GGUF file, a table of typed values. Values are decoded when they are asked for,
 * from the mapped file: valid until it is closed. A value of another type than the one asked for is
 * a {@link CheckpointException} that names the key.
 */
public final class GgufMetadata {
  private static final int MAX_KEYS = 1 << 16;
  private static final int MAX_KEY_LENGTH = 1 << 16;
  private static final int MAX_TEXT_LENGTH = 1 << 26;
  private static final int MAX_ELEMENTS = 1 << 24;

  /** Arrays in arrays; real files have none. */
  private static final int MAX_DEPTH = 4;

  private final MappedFile file;
  private final Map<String, Value> values = new LinkedHashMap<>();

  /**
   * Where a value is.
   *
   * @param element type of the elements of an array, else the type itself
   * @param count elements of an array, else −1
   * @param offset of the first byte
   */
  private record Value(ValueType element, long count, long offset) {
    boolean isArray() {
      return count >= 0;
    }
  }

  private GgufMetadata(MappedFile file) {
    this.file = file;
  }

  /** Walks over {@code count} pairs of key and value, decoding no values. */
  static GgufMetadata read(MappedFile file, GgufCursor cursor, long count) {
    if (count > MAX_KEYS) {
      throw CheckpointException.file(
          file.path(), "has %d metadata keys; the limit is %d".formatted(count, MAX_KEYS));
    }
    GgufMetadata metadata = new GgufMetadata(file);
    for (long i = 0; i < count; i++) {
      String key = cursor.text("a metadata key", MAX_KEY_LENGTH);
      Value value = value(file, cursor, key);
      if (metadata.values.putIfAbsent(key, value) != null) {
        throw CheckpointException.file(file.path(), "metadata key " + key + " is there twice");
      }
    }
    return metadata;
  }

  private static Value value(MappedFile file, GgufCursor cursor, String key) {
    ValueType type = type(file, cursor, key);
    if (type == ValueType.ARRAY) {
      ValueType element = type(file, cursor, key);
      long count = cursor.count("elements of " + key, element.bytes);
      Value value = new Value(element, count, cursor.position());
      skipElements(file, cursor, key, element, count, 1);
      return value;
    }
    Value value = new Value(type, -1, cursor.position());
    skip(cursor, key, type);
    return value;
  }

  private static ValueType type(MappedFile file, GgufCursor cursor, String key) {
    long at = cursor.position();
    long number = cursor.u32();
    return ValueType.of(number)
        .orElseThrow(() ->
            CheckpointException.at(
                file.path(), at, "metadata key %s has unknown type %d".formatted(key, number)));
  }

  private static void skip(GgufCursor cursor, String key, ValueType type) {
    cursor.skip(type == ValueType.STRING ? cursor.count("length of " + key, 1) : type.bytes);
  }

  private static void skipElements(
      MappedFile file, GgufCursor cursor, String key, ValueType element, long count, int depth) {
    switch (element) {
      case STRING -> {
        for (long i = 0; i < count; i++) {
          skip(cursor, key, element);
        }
      }
      case ARRAY -> {
        if (depth == MAX_DEPTH) {
          throw CheckpointException.file(
              file.path(), "metadata key " + key + " nests arrays deeper than " + MAX_DEPTH);
        }
        for (long i = 0; i < count; i++) {
          ValueType inner = type(file, cursor, key);
          long innerCount = cursor.count("elements of " + key, inner.bytes);
          skipElements(file, cursor, key, inner, innerCount, depth + 1);
        }
      }
      case U8, I8, U16, I16, U32, I32, F32, BOOL, U64, I64, F64 ->
          cursor.skip(count * element.bytes);
    }
  }

  /** The file. */
  public Path file() {
    return file.path();
  }

  /** All keys, in the file's order. */
  public Set<String> keys() {
    return Collections.unmodifiableSet(values.keySet());
  }

  /** Whether a key is there. */
  public boolean has(String key) {
    return values.containsKey(key);
  }

  /** Whether a key is there with an array. */
  public boolean isArray(String key) {
    Value value = values.get(key);
    return value != null && value.isArray();
  }

  /** A string. */
  public Optional<String> text(String key) {
    return scalar(key, "a string", ValueType.STRING).map(value -> text(key, value.offset()));
  }

  /** True or false. */
  public Optional<Boolean> flag(String key) {
    return scalar(key, "true or false", ValueType.BOOL).map(value -> file.u8(value.offset()) != 0);
  }

  /** A whole number of any width; one above 2^63 − 1 is refused. */
  public OptionalLong integer(String key) {
    Value value = values.get(key);
    if (value == null) {
      return OptionalLong.empty();
    }
    if (value.isArray() || !value.element().isInteger()) {
      throw wrong(key, "a whole number");
    }
    return OptionalLong.of(
        integer(key, value.element(), file.slice(value.offset(), value.element().bytes), 0));
  }

  /** A number of any type. */
  public OptionalDouble number(String key) {
    Value value = values.get(key);
    if (value == null) {
      return OptionalDouble.empty();
    }
    if (!value.isArray()) {
      MemorySegment data = file.slice(value.offset(), value.element().bytes);
      if (value.element() == ValueType.F32) {
        return OptionalDouble.of(data.get(LittleEndian.FLOAT, 0));
      }
      if (value.element() == ValueType.F64) {
        return OptionalDouble.of(data.get(LittleEndian.DOUBLE, 0));
      }
      if (value.element().isInteger()) {
        return OptionalDouble.of((double) integer(key, value.element(), data, 0));
      }
    }
    throw wrong(key, "a number");
  }

  /** The strings of an array; empty where the key is not there. */
  public List<String> texts(String key) {
    Optional<Value> found = array(key, "an array of strings");
    if (found.isEmpty()) {
      return List.of();
    }
    requireElement(key, found.get().element() == ValueType.STRING, "an array of strings");
    GgufCursor cursor = new GgufCursor(file, found.get().offset());
    List<String> texts = new ArrayList<>((int) found.get().count());
    for (long i = 0; i < found.get().count(); i++) {
      texts.add(cursor.text("an element of " + key, MAX_TEXT_LENGTH));
    }
    return texts;
  }

  /** The whole numbers of an array, within the range of an int; empty where there is no key. */
  public int[] integers(String key) {
    String expected = "an array of whole numbers";
    Optional<Value> found = array(key, expected);
    if (found.isEmpty()) {
      return new int[0];
    }
    Value value = found.get();
    requireElement(key, value.element().isInteger() || value.element() == ValueType.BOOL, expected);
    MemorySegment data = file.slice(value.offset(), value.count() * value.element().bytes);
    int[] numbers = new int[(int) value.count()];
    for (int i = 0; i < numbers.length; i++) {
      long number = integer(key, value.element(), data, i);
      if (number != (int) number) {
        throw CheckpointException.file(
            file.path(), "metadata key %s[%d] is %d: too large".formatted(key, i, number));
      }
      numbers[i] = (int) number;
    }
    return numbers;
  }

  /** The f32 numbers of an array; empty where there is no key. */
  public float[] floats(String key) {
    String expected = "an array of f32 numbers";
    Optional<Value> found = array(key, expected);
    if (found.isEmpty()) {
      return new float[0];
    }
    requireElement(key, found.get().element() == ValueType.F32, expected);
    int count = (int) found.get().count();
    float[] numbers = new float[count];
    MemorySegment data = file.slice(found.get().offset(), (long) count * Float.BYTES);
    MemorySegment.copy(data, LittleEndian.FLOAT, 0, numbers, 0, count);
    return numbers;
  }

  private Optional<Value> scalar(String key, String expected, ValueType type) {
    Value value = values.get(key);
    if (value != null && (value.isArray() || value.element() != type)) {
      throw wrong(key, expected);
    }
    return Optional.ofNullable(value);
  }

  private Optional<Value> array(String key, String expected) {
    Value value = values.get(key);
    if (value != null && !value.isArray()) {
      throw wrong(key, expected);
    }
    if (value != null && value.count() > MAX_ELEMENTS) {
      throw CheckpointException.file(
          file.path(),
          "metadata key %s has %d elements; the limit is %d"
              .formatted(key, value.count(), MAX_ELEMENTS));
    }
    return Optional.ofNullable(value);
  }

  private void requireElement(String key, boolean holds, String expected) {
    if (!holds) {
      throw wrong(key, expected);
    }
  }

  private String text(String key, long offset) {
    return new GgufCursor(file, offset).text(key, MAX_TEXT_LENGTH);
  }

  private long integer(String key, ValueType type, MemorySegment data, long index) {
    return switch (type) {
      case U8 -> Byte.toUnsignedLong(data.get(ValueLayout.JAVA_BYTE, index));
      case I8, BOOL -> data.get(ValueLayout.JAVA_BYTE, index);
      case U16 -> Short.toUnsignedLong(data.getAtIndex(LittleEndian.SHORT, index));
      case I16 -> data.getAtIndex(LittleEndian.SHORT, index);
      case U32 -> Integer.toUnsignedLong(data.getAtIndex(LittleEndian.INT, index));
      case I32 -> data.getAtIndex(LittleEndian.INT, index);
      case I64 -> data.getAtIndex(LittleEndian.LONG, index);
      case U64 -> {
        long value = data.getAtIndex(LittleEndian.LONG, index);
        if (value < 0) {
          throw CheckpointException.file(
              file.path(),
              "metadata key %s is %s: too large".formatted(key, Long.toUnsignedString(value)));
        }
        yield value;
      }
      case F32, F64, STRING, ARRAY -> throw wrong(key, "whole numbers");
    };
  }

  private CheckpointException wrong(String key, String expected) {
    Value value = values.get(key);
    return CheckpointException.file(
        file.path(),
        "metadata key %s is %s%s, expected %s"
            .formatted(
                key,
                value != null && value.isArray() ? "an array of " : "",
                value == null ? "missing" : value.element(),
                expected));
  }
}
