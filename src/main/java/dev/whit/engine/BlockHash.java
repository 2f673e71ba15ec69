package dev.whit.engine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Names the content of a full cache block: the first 128 bits of a SHA-256 over the hash of the
 * block before it and its own tokens, so that equal hashes mean equal histories. Cryptographic,
 * because clients choose the tokens and a collision would show one the keys of another.
 */
record BlockHash(long high, long low) {
  /** Before the first block: everything but tokens that keys and values depend on. */
  static BlockHash root(String salt) {
    return of(salt.getBytes(StandardCharsets.UTF_8));
  }

  /** The hash of the block after this one, of {@code tokens[from … from + count − 1]}. */
  BlockHash next(int[] tokens, int from, int count) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * Long.BYTES + count * Integer.BYTES);
    bytes.putLong(high).putLong(low);
    for (int i = from; i < from + count; i++) {
      bytes.putInt(tokens[i]);
    }
    return of(bytes.array());
  }

  private static BlockHash of(byte[] bytes) {
    try {
      ByteBuffer digest = ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(bytes));
      return new BlockHash(digest.getLong(), digest.getLong());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
