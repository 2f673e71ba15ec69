package dev.whit.rest.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** An API key by its SHA-256: the key itself is kept nowhere, and compared in constant time. */
public final class ApiKey {
  private static final Pattern FORM = Pattern.compile("[!-~]{1,512}");

  private final byte[] digest;

  private ApiKey(byte[] digest) {
    this.digest = digest;
  }

  /**
   * The key of a setting or a file.
   *
   * @throws IllegalArgumentException if it cannot be one; the message does not contain it
   */
  public static ApiKey of(String key) {
    if (!FORM.matcher(key).matches()) {
      throw new IllegalArgumentException(
          "a key must have 1 to 512 visible ASCII characters and no space");
    }
    return presented(key);
  }

  /** A key as a client presents it, whatever it is. */
  public static ApiKey presented(String key) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return new ApiKey(sha256.digest(key.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Whether both are the same, in a time that does not depend on the answer. */
  boolean matches(ApiKey other) {
    return MessageDigest.isEqual(digest, other.digest);
  }

  /** Stands for the key where the key must not be seen. */
  public String id() {
    return HexFormat.of().formatHex(digest);
  }
}
