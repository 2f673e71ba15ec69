package dev.whit.checkpoint;

import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** Which container a file is, told from its first bytes and never from its name. */
enum FileSignature {
  SAFETENSORS,
  TORCH_ZIP,
  GGUF;

  private static final byte[] GGUF_MAGIC = {'G', 'G', 'U', 'F'};
  private static final byte[] ZIP_ENTRY = {'P', 'K', 3, 4};

  /** protocol 2, then LONG1 of 10 bytes: the magic number that torch.save wrote before 1.6. */
  private static final byte[] LEGACY_TORCH = {(byte) 0x80, 2, (byte) 0x8a, 10, 0x6c, (byte) 0xfc};

  private static final byte[] GZIP = {0x1f, (byte) 0x8b};
  private static final int TAR_MAGIC_OFFSET = 257;
  private static final int BYTES_LOOKED_AT = TAR_MAGIC_OFFSET + 5;

  /** Length of the safetensors header length, which the header's brace follows. */
  private static final int HEADER_START = 8;

  /**
   * Recognises a file.
   *
   * @throws CheckpointException saying what the file is instead, where that can be told
   */
  static FileSignature of(MappedFile file) {
    byte[] head =
        file.slice(0, Math.min(file.size(), BYTES_LOOKED_AT)).toArray(ValueLayout.JAVA_BYTE);
    if (startsWith(head, 0, ZIP_ENTRY)) {
      return TORCH_ZIP;
    }
    if (startsWith(head, 0, GGUF_MAGIC)) {
      return GGUF;
    }
    if (head.length > HEADER_START && head[HEADER_START] == '{') {
      return SAFETENSORS;
    }
    throw CheckpointException.file(file.path(), explain(head));
  }

  private static String explain(byte[] head) {
    String text = new String(head, StandardCharsets.ISO_8859_1).strip().toLowerCase(Locale.ROOT);
    if (head.length <= HEADER_START) {
      return "has only %d bytes: too short for a checkpoint".formatted(head.length);
    }
    if (text.startsWith("version https://git-lfs")) {
      return "is a git-lfs pointer, not the file it stands for: run `git lfs pull`";
    }
    if (text.startsWith("<!doctype") || text.startsWith("<html") || text.startsWith("<?xml")) {
      return "is a web page, not a checkpoint: the download failed";
    }
    if (startsWith(head, 0, LEGACY_TORCH)) {
      return "is in torch's format from before 1.6: load it with torch and torch.save it again";
    }
    if (startsWith(head, TAR_MAGIC_OFFSET, "ustar".getBytes(StandardCharsets.US_ASCII))) {
      return "is a tar archive: unpack it, or torch.save it again if an old torch wrote it";
    }
    if (startsWith(head, 0, GZIP)) {
      return "is gzip-compressed: unpack it first";
    }
    return "is neither a safetensors, a torch zip nor a GGUF file";
  }

  private static boolean startsWith(byte[] head, int from, byte[] magic) {
    return head.length >= from + magic.length
        && Arrays.equals(head, from, from + magic.length, magic, 0, magic.length);
  }
}
