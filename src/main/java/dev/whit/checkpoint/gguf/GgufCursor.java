package dev.whit.checkpoint.gguf;

import dev.whit.checkpoint.CheckpointException;
import dev.whit.checkpoint.MappedFile;

/** Reads a GGUF header from front to back; every length is checked before it is used. */
final class GgufCursor {
  private final MappedFile file;
  private long position;

  GgufCursor(MappedFile file, long position) {
    this.file = file;
    this.position = position;
  }

  /** Offset of the next byte. */
  long position() {
    return position;
  }

  long u32() {
    long value = file.u32(position);
    position += Integer.BYTES;
    return value;
  }

  /** A count or length: what cannot fit the rest of the file at {@code bytesEach} is refused. */
  long count(String what, int bytesEach) {
    long at = position;
    long value = file.i64(position);
    position += Long.BYTES;
    if (value < 0 || value > (file.size() - position) / bytesEach) {
      throw CheckpointException.at(
          file.path(),
          at,
          "%s is %s, the file has only %d bytes from here: truncated?"
              .formatted(what, Long.toUnsignedString(value), file.size() - position));
    }
    return value;
  }

  /** A 64-bit number that may be anything. */
  long i64() {
    long value = file.i64(position);
    position += Long.BYTES;
    return value;
  }

  String text(String what, int maxLength) {
    long length = count("length of " + what, 1);
    if (length > maxLength) {
      throw CheckpointException.at(
          file.path(),
          position,
          "%s has %d bytes; the limit is %d".formatted(what, length, maxLength));
    }
    String text = file.utf8(position, length);
    position += length;
    return text;
  }

  /** Passes bytes, which must be there. */
  void skip(long bytes) {
    file.slice(position, bytes);
    position += bytes;
  }
}
