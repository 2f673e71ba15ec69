package dev.whit.checkpoint.torch;

import dev.whit.checkpoint.CheckpointException;
import dev.whit.checkpoint.MappedFile;

/**
 * Where a zip file's central directory lies, from the records at the file's end (PKWARE APPNOTE
 * 4.3.14 to 4.3.16). The directory fills the space up to those records exactly.
 *
 * @param directory offset of the central directory
 * @param directoryEnd offset behind it, where the end records begin
 * @param entries number of entries in it
 */
record ZipEnd(long directory, long directoryEnd, long entries) {
  private static final long END_SIGNATURE = 0x06054b50L;
  private static final int END_BYTES = 22;
  private static final long LOCATOR_SIGNATURE = 0x07064b50L;
  private static final int LOCATOR_BYTES = 20;
  private static final long ZIP64_SIGNATURE = 0x06064b50L;
  private static final int ZIP64_BYTES = 56;
  private static final int MAX_COMMENT_BYTES = 0xFFFF;

  /** In a 16- or 32-bit field: the value is in the 64-bit record. */
  private static final long SATURATED_16 = 0xFFFFL;

  private static final long SATURATED_32 = 0xFFFF_FFFFL;

  /**
   * Reads the end records.
   *
   * @throws CheckpointException when they are missing, or contradict each other or the file
   */
  static ZipEnd read(MappedFile file) {
    long at = find(file);
    long entries = file.u16(at + 10);
    long size = file.u32(at + 12);
    long directory = file.u32(at + 16);
    if (file.u16(at + 4) != 0 || file.u16(at + 8) != entries) {
      throw CheckpointException.at(file.path(), at, "zip file in several volumes");
    }
    long locator = at - LOCATOR_BYTES;
    if (locator < 0 || file.u32(locator) != LOCATOR_SIGNATURE) {
      return checked(file, directory, size, entries, at);
    }
    long wide = file.i64(locator + 8);
    if (wide < 0 || wide > locator - ZIP64_BYTES || file.u32(wide) != ZIP64_SIGNATURE) {
      throw CheckpointException.at(file.path(), locator, "no zip64 end record at byte " + wide);
    }
    return checked(
        file,
        widened(file, at + 16, directory, SATURATED_32, file.i64(wide + 48)),
        widened(file, at + 12, size, SATURATED_32, file.i64(wide + 40)),
        widened(file, at + 10, entries, SATURATED_16, file.i64(wide + 32)),
        wide);
  }

  /** Searches backwards for the record whose comment ends where the file does. */
  private static long find(MappedFile file) {
    long last = file.size() - END_BYTES;
    for (long at = last; at >= Math.max(0, last - MAX_COMMENT_BYTES); at--) {
      if (file.u32(at) == END_SIGNATURE && file.u16(at + 20) == last - at) {
        return at;
      }
    }
    throw CheckpointException.file(
        file.path(), "has no zip directory at its end: truncated, or not fully downloaded?");
  }

  private static long widened(MappedFile file, long at, long narrow, long saturated, long wide) {
    if (narrow != saturated && narrow != wide) {
      throw CheckpointException.at(
          file.path(), at, "zip end records disagree: %d and %d".formatted(narrow, wide));
    }
    return wide;
  }

  private static ZipEnd checked(
      MappedFile file, long directory, long size, long entries, long end) {
    if (directory < 0 || directory > end || size != end - directory) {
      throw CheckpointException.at(
          file.path(),
          end,
          "zip directory of %d bytes at byte %d does not end here".formatted(size, directory));
    }
    return new ZipEnd(directory, end, entries);
  }
}
