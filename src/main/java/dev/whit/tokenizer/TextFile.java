package dev.whit.tokenizer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Reads tokenizer files whole, up to a limit. */
final class TextFile {
  private TextFile() {}

  /**
   * The bytes of a file.
   *
   * @throws TokenizerException if it cannot be read or is longer than {@code maxBytes}
   */
  static byte[] read(Path file, long maxBytes) {
    try {
      long bytes = Files.size(file);
      if (bytes > maxBytes) {
        throw new TokenizerException(file, bytes + " bytes is more than the limit of " + maxBytes);
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new TokenizerException(file, "cannot be read", e);
    }
  }

  /** The bytes of a file, if there is one. */
  static Optional<byte[]> readIfThere(Path file, long maxBytes) {
    return Files.isRegularFile(file) ? Optional.of(read(file, maxBytes)) : Optional.empty();
  }

  /** Bytes as text, which must be UTF-8. */
  static String decode(Path file, byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new TokenizerException(file, "is not UTF-8 text", e);
    }
  }
}
