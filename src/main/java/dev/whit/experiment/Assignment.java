package dev.whit.experiment;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Which arm a subject gets: a pure function of salt, subject and weights, so that every replica
 * says the same without asking anybody. Weighted rendezvous hashing: each arm draws an exponential
 * time of rate {@code weight} from the hash of salt, arm and subject, and the earliest wins
 * (Schindelhauer and Schomaker, "Weighted distributed hash tables", SPAA 2005).
 *
 * <p>When the weight of one arm changes against the others, subjects move only into it or only out
 * of it, as few as the new shares allow; with two arms every change is of that kind. When several
 * weights change at once, at most twice the fewest move, and no rule without a memory of earlier
 * weights does better for all changes (Bavarian et al., "On the optimality of correlated sampling
 * strategies", 2020).
 */
public final class Assignment {
  private static final int PSEUDONYM_BYTES = 12;

  private Assignment() {}

  /**
   * The arm of a subject.
   *
   * @param arms one of them with a weight above 0 at least
   */
  public static Arm of(String salt, List<Arm> arms, String subject) {
    Arm first = null;
    double earliest = Double.POSITIVE_INFINITY;
    for (Arm arm : arms) {
      double time = -Math.log(uniform(salt, arm.name(), subject)) / arm.weight();
      if (arm.weight() > 0 && time < earliest) {
        earliest = time;
        first = arm;
      }
    }
    if (first == null) {
      throw new IllegalArgumentException("no arm has a weight above 0");
    }
    return first;
  }

  /** A subject by another name, from which its own cannot be told without guessing it. */
  public static String pseudonym(String salt, String subject) {
    byte[] hash = hash(salt, "", subject);
    return HexFormat.of().formatHex(hash, 0, PSEUDONYM_BYTES);
  }

  /** Above 0 and below 1, uniform over subjects. */
  private static double uniform(String salt, String arm, String subject) {
    long bits = ByteBuffer.wrap(hash(salt, arm, subject)).getLong() >>> 11;
    return (bits + 0.5) * 0x1p-53;
  }

  private static byte[] hash(String salt, String arm, String subject) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    for (String part : List.of(salt, arm, subject)) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      // With its length, so that what follows another part cannot be taken for its end.
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
      digest.update(bytes);
    }
    return digest.digest();
  }
}
