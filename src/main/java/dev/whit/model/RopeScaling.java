package dev.whit.model;

import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * The rope types of Hugging Face transformers ({@code modeling_rope_utils.py}); {@link
 * RotaryFrequencies} has their formulas.
 */
public sealed interface RopeScaling {
  /** Name of the type as configurations spell it. */
  String type();

  /** Frequencies as they are. */
  record Default() implements RopeScaling {
    @Override
    public String type() {
      return "default";
    }
  }

  /** Every frequency divided by a factor. */
  record Linear(double factor) implements RopeScaling {
    @Override
    public String type() {
      return "linear";
    }
  }

  /** A base that grows with the sequence once it is longer than the model's positions. */
  record Dynamic(double factor) implements RopeScaling {
    @Override
    public String type() {
      return "dynamic";
    }
  }

  /** Llama 3.1: long wavelengths divided by a factor, short ones kept, a smooth step between. */
  record Llama3(double factor, double lowFactor, double highFactor, int originalPositions)
      implements RopeScaling {
    @Override
    public String type() {
      return "llama3";
    }
  }

  /**
   * Every frequency divided by a factor of its own: what GGUF files hold of llama3 scaling.
   *
   * @param divisors [rotaryDim/2]
   */
  record Divided(float[] divisors) implements RopeScaling {
    @Override
    public String type() {
      return "divided";
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Divided that && Arrays.equals(divisors, that.divisors);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(divisors);
    }
  }

  /**
   * YaRN (arXiv 2309.00071).
   *
   * @param truncate whether the ends of the ramp are rounded outwards to whole dimensions
   * @param attentionFactor factor of cos and sin, already resolved from the ways to give it
   */
  record Yarn(
      double factor,
      double betaFast,
      double betaSlow,
      int originalPositions,
      boolean truncate,
      double attentionFactor)
      implements RopeScaling {
    @Override
    public String type() {
      return "yarn";
    }

    /** The attention factor of a configuration that gives neither it nor both mscales. */
    public static double defaultAttentionFactor(double factor) {
      return mscale(factor, 1);
    }

    /** The attention factor of a configuration that gives both mscales. */
    public static double attentionFactor(double factor, double mscale, double mscaleAllDim) {
      return mscale(factor, mscale) / mscale(factor, mscaleAllDim);
    }

    private static double mscale(double factor, double mscale) {
      return factor <= 1 ? 1 : 0.1 * mscale * Math.log(factor) + 1;
    }
  }

  /**
   * LongRoPE (arXiv 2402.13753): a divisor per frequency, one set up to the original length and
   * another past it.
   *
   * @param shortFactors [rotaryDim/2]
   * @param longFactors [rotaryDim/2]
   * @param attentionFactor factor of cos and sin, already resolved
   */
  record LongRope(
      float[] shortFactors, float[] longFactors, int originalPositions, double attentionFactor)
      implements RopeScaling {
    @Override
    public String type() {
      return "longrope";
    }

    /**
     * The attention factor where the configuration gives none.
     *
     * @param factor given, else {@code max_position_embeddings / original}
     */
    public static double attentionFactor(
        OptionalDouble given, double factor, int originalPositions) {
      if (given.isPresent()) {
        return given.getAsDouble();
      }
      return factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(originalPositions));
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof LongRope that
          && Arrays.equals(shortFactors, that.shortFactors)
          && Arrays.equals(longFactors, that.longFactors)
          && originalPositions == that.originalPositions
          && attentionFactor == that.attentionFactor;
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(shortFactors) * 31 + Arrays.hashCode(longFactors);
    }
  }
}
