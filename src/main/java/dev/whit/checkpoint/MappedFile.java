package dev.whit.checkpoint;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file mapped read-only, and the only way its bytes are read while it is parsed: every access is
 * checked against the file's length and fails as a {@link CheckpointException} with the offset.
 *
 * @param path the file, for messages
 * @param bytes all of its bytes
 */
public record MappedFile(Path path, MemorySegment bytes) {

  /**
   * Maps a file for as long as the arena lives.
   *
   * @throws CheckpointException when it is not a readable regular file
   */
  public static MappedFile map(Path path, Arena arena) {
    if (!Files.isRegularFile(path)) {
      throw CheckpointException.file(
          path, Files.exists(path) ? "is not a regular file" : "does not exist");
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return new MappedFile(
          path, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
    } catch (IOException e) {
      throw CheckpointException.file(path, "cannot be read: " + e, e);
    }
  }

  /** Length in bytes. */
  public long size() {
    return bytes.byteSize();
  }

  /**
   * The bytes [offset, offset + length).
   *
   * @throws CheckpointException when they are not all inside the file
   */
  public MemorySegment slice(long offset, long length) {
    if (offset < 0 || length < 0 || offset > size() - length) {
      throw CheckpointException.at(
          path,
          offset,
          "%d bytes are expected here but the file has only %d: truncated?"
              .formatted(length, size()));
    }
    return bytes.asSlice(offset, length);
  }

  /** The unsigned byte at an offset. */
  public int u8(long offset) {
    return Byte.toUnsignedInt(slice(offset, 1).get(ValueLayout.JAVA_BYTE, 0));
  }

  /** The unsigned 16-bit number at an offset. */
  public int u16(long offset) {
    return Short.toUnsignedInt(slice(offset, Short.BYTES).get(LittleEndian.SHORT, 0));
  }

  /** The unsigned 32-bit number at an offset. */
  public long u32(long offset) {
    return Integer.toUnsignedLong(slice(offset, Integer.BYTES).get(LittleEndian.INT, 0));
  }

  /**
   * The 64-bit number at an offset; those above 2^63 − 1, which no file can mean, read negative.
   */
  public long i64(long offset) {
    return slice(offset, Long.BYTES).get(LittleEndian.LONG, 0);
  }

  /**
   * A copy of a few bytes as text.
   *
   * @throws CheckpointException when they are outside the file or not UTF-8
   */
  public String utf8(long offset, long length) {
    byte[] copy = slice(offset, length).toArray(ValueLayout.JAVA_BYTE);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(copy)).toString();
    } catch (CharacterCodingException e) {
      throw CheckpointException.at(path, offset, "text is not valid UTF-8");
    }
  }
}
