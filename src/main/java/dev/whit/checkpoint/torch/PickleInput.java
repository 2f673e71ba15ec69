package dev.whit.checkpoint.torch;

import dev.whit.checkpoint.CheckpointException;
import dev.whit.checkpoint.MappedFile;

/** A cursor over the bytes of a pickle inside a mapped file, which it cannot leave. */
final class PickleInput {
  private final MappedFile file;
  private final long end;
  private long position;

  /** The pickle at {@code [offset, offset + length)} of the file. */
  PickleInput(MappedFile file, long offset, long length) {
    this.file = file;
    this.position = offset;
    this.end = offset + length;
  }

  /** Offset of the next byte in the file. */
  long position() {
    return position;
  }

  int u8() {
    return file.u8(take(1));
  }

  int u16() {
    return file.u16(take(Short.BYTES));
  }

  long u32() {
    return file.u32(take(Integer.BYTES));
  }

  int i32() {
    return (int) u32();
  }

  /** A length of 64 bits, one above 2^63 − 1 negative: no bytes can follow either way. */
  long i64() {
    return file.i64(take(Long.BYTES));
  }

  String utf8(long length) {
    return file.utf8(take(length), length);
  }

  void skip(long length) {
    take(length);
  }

  /** Text up to the next line feed, which is skipped. */
  String line(int maxLength) {
    long start = position;
    while (u8() != '\n') {
      if (position - start > maxLength) {
        throw CheckpointException.at(file.path(), start, "name longer than " + maxLength);
      }
    }
    return file.utf8(start, position - 1 - start);
  }

  /** An integer of {@code length} ≤ 8 bytes, two's complement, little-endian. */
  long integer(int length) {
    long value = 0;
    for (int i = 0; i < length; i++) {
      value |= (long) u8() << (8 * i);
    }
    int unused = Long.SIZE - 8 * length;
    return length == 0 ? 0 : value << unused >> unused;
  }

  CheckpointException bad(long at, String reason) {
    return CheckpointException.at(file.path(), at, "pickle: " + reason);
  }

  private long take(long length) {
    if (length < 0 || length > end - position) {
      throw bad(position, "ends before the " + Long.toUnsignedString(length) + " bytes due here");
    }
    long at = position;
    position += length;
    return at;
  }
}
