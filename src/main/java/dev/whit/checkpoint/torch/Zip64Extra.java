package dev.whit.checkpoint.torch;

import dev.whit.checkpoint.CheckpointException;
import dev.whit.checkpoint.MappedFile;

/**
 * The extra field with the 64-bit values of a header (PKWARE APPNOTE 4.5.3). It holds only those
 * whose 32-bit field is saturated, so they must be asked for in the order of the format.
 */
final class Zip64Extra {
  private static final int ID = 1;
  private static final int FIELD_HEADER_BYTES = 4;
  private static final long SATURATED = 0xFFFF_FFFFL;

  private final MappedFile file;
  private long next;
  private long end;

  /** Finds the field among the extra fields at {@code [at, at + length)}. */
  Zip64Extra(MappedFile file, long at, int length) {
    this.file = file;
    long fieldsEnd = at + length;
    long field = at;
    while (field + FIELD_HEADER_BYTES <= fieldsEnd) {
      long fieldEnd = field + FIELD_HEADER_BYTES + file.u16(field + 2);
      if (fieldEnd > fieldsEnd) {
        throw CheckpointException.at(file.path(), field, "extra field of a zip entry is too long");
      }
      if (file.u16(field) == ID) {
        next = field + FIELD_HEADER_BYTES;
        end = fieldEnd;
        return;
      }
      field = fieldEnd;
    }
  }

  /** The value of a 32-bit header field, from the extra field where it is saturated. */
  long widen(long narrow) {
    if (narrow != SATURATED) {
      return narrow;
    }
    if (next + Long.BYTES > end) {
      throw CheckpointException.at(file.path(), next, "a zip64 size is missing");
    }
    next += Long.BYTES;
    return file.i64(next - Long.BYTES);
  }
}
