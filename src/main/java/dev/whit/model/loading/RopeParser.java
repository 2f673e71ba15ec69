package dev.whit.model.loading;

import dev.whit.model.RopeConfig;
import dev.whit.model.RopeScaling;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Rope settings in both spellings: {@code rope_theta} and {@code rope_scaling} of transformers 4,
 * {@code rope_parameters} of transformers 5.
 */
final class RopeParser {
  private static final double MAX = 1e15;

  /** Keys with a meaning for some type, or known to have none. Others are refused by name. */
  private static final Set<String> KNOWN =
      Set.of(
          "rope_theta",
          "rope_type",
          "type",
          "partial_rotary_factor",
          "factor",
          "original_max_position_embeddings",
          "low_freq_factor",
          "high_freq_factor",
          "beta_fast",
          "beta_slow",
          "truncate",
          "attention_factor",
          "mscale",
          "mscale_all_dim",
          "short_factor",
          "long_factor",
          "finetuned",
          "divisors");

  private static final String PARAMETERS = "rope_parameters";
  private static final String LOCAL_THETA = "rope_local_base_freq";
  private static final String ORIGINAL = "original_max_position_embeddings";

  private final ConfigSection config;
  private final Optional<ConfigSection> settings;
  private final String thetaKey;
  private final int maxPositions;

  private RopeParser(
      ConfigSection config, Optional<ConfigSection> settings, String thetaKey, int maxPositions) {
    this.config = config;
    this.settings = settings;
    this.thetaKey = thetaKey;
    this.maxPositions = maxPositions;
  }

  /** The rotation in layers that see everything. */
  static RopeConfig parse(ConfigSection config, int headDim, int maxPositions) {
    Optional<ConfigSection> settings =
        ofLayers(config, "full_attention")
            .or(() -> config.section(PARAMETERS))
            .or(() -> config.section("rope_scaling"));
    return new RopeParser(config, settings, "rope_theta", maxPositions).parse(headDim);
  }

  /**
   * The rotation in layers that slide: in families that know a base of their own for them, that
   * base unscaled; else as in the others.
   */
  static RopeConfig parseSliding(ConfigSection config, int headDim, int maxPositions) {
    if (!config.knows(LOCAL_THETA)) {
      return ofLayers(config, "sliding_attention")
          .map(own -> new RopeParser(config, Optional.of(own), "rope_theta", maxPositions))
          .map(parser -> parser.parse(headDim))
          .orElseGet(() -> parse(config, headDim, maxPositions));
    }
    return new RopeParser(config, ofLayers(config, "sliding_attention"), LOCAL_THETA, maxPositions)
        .parse(headDim);
  }

  /** The settings of one type of layers, where each type has its own. */
  private static Optional<ConfigSection> ofLayers(ConfigSection config, String type) {
    return config
        .section(PARAMETERS)
        .filter(all -> all.isObject("full_attention") || all.isObject("sliding_attention"))
        .flatMap(all -> all.section(type));
  }

  private RopeConfig parse(int headDim) {
    settings.ifPresent(this::refuseUnknownKeys);
    double theta =
        settings
            .filter(section -> section.has("rope_theta"))
            .map(section -> section.number("rope_theta", 1, MAX))
            .orElseGet(() -> config.number(thetaKey, 1, MAX));
    double partial =
        holder("partial_rotary_factor").optionalNumber("partial_rotary_factor", 0, 1).orElse(1);
    int rotaryDim = (int) (headDim * partial);
    if (rotaryDim < 2 || rotaryDim % 2 != 0) {
      throw config.invalid(
          "head_dim",
          "is %d: its rotated part, %d (partial_rotary_factor %s), must be even and at least 2"
              .formatted(headDim, rotaryDim, partial));
    }
    return new RopeConfig(theta, rotaryDim, maxPositions, scaling(rotaryDim));
  }

  private void refuseUnknownKeys(ConfigSection section) {
    section
        .keys()
        .forEachRemaining(key -> {
          if (!KNOWN.contains(key)) {
            throw section.wrong(key, "not supported");
          }
        });
  }

  /** Where a key is that may stand among the rope settings or, in older files, beside them. */
  private ConfigSection holder(String key) {
    return settings.filter(section -> section.has(key)).orElse(config);
  }

  private RopeScaling scaling(int rotaryDim) {
    if (settings.isEmpty()) {
      return new RopeScaling.Default();
    }
    ConfigSection section = settings.get();
    String typeKey = section.has("rope_type") ? "rope_type" : "type";
    String type = section.text(typeKey).orElse("default");
    if (!section.has(typeKey) && section.has("factor")) {
      throw section.invalid("rope_type", "is missing beside a factor");
    }
    return switch (type) {
      case "default" -> new RopeScaling.Default();
      case "linear" -> new RopeScaling.Linear(factor(section));
      case "dynamic" -> new RopeScaling.Dynamic(factor(section));
      case "llama3" -> llama3(section);
      // The first configurations of Phi-3 call LongRoPE yarn.
      case "yarn" -> section.has("short_factor") ? longRope(section, rotaryDim) : yarn(section);
      // Of our own making, for what GGUF files hold.
      case "divided" -> new RopeScaling.Divided(section.positiveNumbers("divisors", rotaryDim / 2));
      case "longrope", "su" -> longRope(section, rotaryDim);
      default ->
          throw section.wrong(
              typeKey,
              "not supported; supported are default, linear, dynamic, llama3, yarn, longrope");
    };
  }

  private RopeScaling llama3(ConfigSection section) {
    double low = section.number("low_freq_factor", 0, MAX);
    double high = section.number("high_freq_factor", 0, MAX);
    if (high <= low) {
      throw section.invalid(
          "high_freq_factor", "is " + high + ": must be above low_freq_factor " + low);
    }
    return new RopeScaling.Llama3(factor(section), low, high, originalPositions(section));
  }

  private RopeScaling yarn(ConfigSection section) {
    double factor = factor(section);
    OptionalDouble given = section.optionalNumber("attention_factor", 0, MAX);
    OptionalDouble mscale = section.optionalNumber("mscale", 0, MAX);
    OptionalDouble mscaleAllDim = section.optionalNumber("mscale_all_dim", 0, MAX);
    double attentionFactor;
    if (given.isPresent()) {
      attentionFactor = given.getAsDouble();
    } else if (mscale.isPresent() && mscaleAllDim.isPresent()) {
      attentionFactor =
          RopeScaling.Yarn.attentionFactor(
              factor, mscale.getAsDouble(), mscaleAllDim.getAsDouble());
    } else {
      attentionFactor = RopeScaling.Yarn.defaultAttentionFactor(factor);
    }
    return new RopeScaling.Yarn(
        factor,
        section.optionalNumber("beta_fast", 0, MAX).orElse(32),
        section.optionalNumber("beta_slow", 0, MAX).orElse(1),
        originalPositions(section),
        !section.has("truncate") || section.flag("truncate"),
        attentionFactor);
  }

  private RopeScaling longRope(ConfigSection section, int rotaryDim) {
    int original = originalPositions(section);
    double factor =
        section.optionalNumber("factor", 0, MAX).orElse((double) maxPositions / original);
    return new RopeScaling.LongRope(
        section.positiveNumbers("short_factor", rotaryDim / 2),
        section.positiveNumbers("long_factor", rotaryDim / 2),
        original,
        RopeScaling.LongRope.attentionFactor(
            section.optionalNumber("attention_factor", 0, MAX), factor, original));
  }

  private static double factor(ConfigSection section) {
    return section.number("factor", 0, MAX);
  }

  /** The length before scaling: a key of the model comes before one of the rope settings. */
  private int originalPositions(ConfigSection section) {
    if (config.mentions(ORIGINAL) && config.has(ORIGINAL)) {
      return config.positive(ORIGINAL, Integer.MAX_VALUE);
    }
    if (section.has(ORIGINAL)) {
      return section.positive(ORIGINAL, Integer.MAX_VALUE);
    }
    return config.has(ORIGINAL) ? config.positive(ORIGINAL, Integer.MAX_VALUE) : maxPositions;
  }
}
