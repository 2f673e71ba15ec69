package dev.whit.checkpoint.gguf;

import java.util.Optional;

/** Types of metadata values, in the order of their numbers in the file. */
enum ValueType {
  U8(1),
  I8(1),
  U16(2),
  I16(2),
  U32(4),
  I32(4),
  F32(4),
  BOOL(1),
  STRING(8),
  ARRAY(12),
  U64(8),
  I64(8),
  F64(8);

  /** Bytes of a value; of a string or an array the least there are. */
  final int bytes;

  ValueType(int bytes) {
    this.bytes = bytes;
  }

  static Optional<ValueType> of(long number) {
    return number < values().length ? Optional.of(values()[(int) number]) : Optional.empty();
  }

  boolean isInteger() {
    return switch (this) {
      case U8, I8, U16, I16, U32, I32, U64, I64 -> true;
      case F32, F64, BOOL, STRING, ARRAY -> false;
    };
  }
}
