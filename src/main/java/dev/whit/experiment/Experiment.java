package dev.whit.experiment;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A model name whose requests go to several arms.
 *
 * @param name the name that requests use
 * @param salt another salt deals the subjects anew
 * @param arms two or more
 * @param options what else holds for it
 */
public record Experiment(String name, String salt, List<Arm> arms, Options options) {
  private static final int MAX_ARMS = 16;
  private static final int MAX_SALT = 256;
  private static final double MAX_WEIGHT = 1e6;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}");
  private static final Pattern ARM_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  /**
   * What else holds for an experiment.
   *
   * @param forcing whether requests may name their arm ({@code x-whit-arm})
   * @param fallback name of the arm that answers where another has failed before its first byte;
   *     null if failures are answered as such
   * @param shadow what is copied to an arm for comparison; null for nothing
   */
  public record Options(boolean forcing, @Nullable String fallback, @Nullable Shadow shadow) {
    /** Requests may name their arm, failures stay failures, nothing is copied. */
    public static final Options DEFAULT = new Options(true, null, null);
  }

  /**
   * Requests that are copied.
   *
   * @param arm name of the arm that gets the copies
   * @param share which share of the requests that other arms answer, 0 to 1
   */
  public record Shadow(String arm, double share) {}

  /** Checks it. */
  public Experiment {
    arms = List.copyOf(arms);
    require(NAME.matcher(name).matches(), "the name may have letters, digits and . _ : / - only");
    require(
        salt.length() <= MAX_SALT,
        "the salt has %d characters, the limit is %d".formatted(salt.length(), MAX_SALT));
    require(
        arms.size() >= 2 && arms.size() <= MAX_ARMS,
        "%d arms, there must be 2 to %d".formatted(arms.size(), MAX_ARMS));
    Set<String> names = new HashSet<>();
    for (Arm arm : arms) {
      String armName = arm.name();
      require(
          ARM_NAME.matcher(armName).matches(),
          "the name of an arm may have letters, digits and . _ - only, not " + armName);
      require(names.add(armName), "two arms are named " + armName);
      require(
          arm.weight() >= 0 && arm.weight() <= MAX_WEIGHT,
          "the weight of arm %s is %s, must be 0 to %.0f"
              .formatted(armName, arm.weight(), MAX_WEIGHT));
      Double price = arm.pricePerHour();
      require(
          price == null || (price >= 0 && price < 1e9),
          "the price of arm %s is %s, must be 0 or more".formatted(armName, price));
    }
    require(arms.stream().anyMatch(arm -> arm.weight() > 0), "no arm has a weight above 0");
    String fallback = options.fallback();
    require(fallback == null || names.contains(fallback), "fallback: there is no arm " + fallback);
    Shadow shadow = options.shadow();
    if (shadow != null) {
      require(names.contains(shadow.arm()), "shadow: there is no arm " + shadow.arm());
      require(
          shadow.share() >= 0 && shadow.share() <= 1,
          "shadow: the share is %s, must be 0 to 1".formatted(shadow.share()));
    }
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  /** The arm of that name. */
  public Optional<Arm> arm(String armName) {
    return arms.stream().filter(arm -> arm.name().equals(armName)).findFirst();
  }

  /** The arm of a subject. */
  public Arm assign(String subject) {
    return Assignment.of(salt, arms, subject);
  }

  /**
   * The same with other weights; arms that are not named keep theirs.
   *
   * @throws IllegalArgumentException if there is no such arm, or a weight is out of range
   */
  public Experiment weighted(Map<String, Double> weights) {
    for (String armName : weights.keySet()) {
      require(arm(armName).isPresent(), "there is no arm " + armName);
    }
    List<Arm> changed = new ArrayList<>();
    for (Arm arm : arms) {
      changed.add(arm.weighted(weights.getOrDefault(arm.name(), arm.weight())));
    }
    return new Experiment(name, salt, changed, options);
  }

  /** Its weights, as {@code packed:90,fp16:10}. */
  public String weights() {
    return arms.stream()
        .map(arm -> arm.name() + ":" + number(arm.weight()))
        .collect(Collectors.joining(","));
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
