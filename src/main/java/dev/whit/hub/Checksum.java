package dev.whit.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * What the Hub knows of a file's content; also its name in the cache.
 *
 * @param kind what was hashed, and how
 * @param hex lower-case hexadecimal digits
 */
record Checksum(Kind kind, String hex) {
  private static final int BUFFER = 1 << 20;
  private static final Pattern DIGITS = Pattern.compile("[0-9a-f]+");

  /** Kinds of checksums. */
  enum Kind {
    /** Of files in large file storage: SHA-256 of the content. */
    LFS("SHA-256", 64),
    /** Of files in git itself: SHA-1 of the blob, which begins with its size. */
    GIT("SHA-1", 40);

    private final String algorithm;
    private final int digits;

    Kind(String algorithm, int digits) {
      this.algorithm = algorithm;
      this.digits = digits;
    }
  }

  Checksum {
    if (hex.length() != kind.digits || !DIGITS.matcher(hex).matches()) {
      throw new HubException("the Hub gave a checksum that is none: " + hex);
    }
  }

  /** Whether a file has the content. */
  boolean matches(Path file) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance(kind.algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    if (kind == Kind.GIT) {
      digest.update(("blob " + Files.size(file) + "\0").getBytes(StandardCharsets.US_ASCII));
    }
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
    }
    return HexFormat.of().formatHex(digest.digest()).equals(hex);
  }
}
