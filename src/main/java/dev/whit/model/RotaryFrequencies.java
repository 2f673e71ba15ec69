package dev.whit.model;

/**
 * Inverse frequencies of rotary embeddings in f32, step by step as transformers computes them, so
 * that angles at large positions agree.
 */
final class RotaryFrequencies {
  private RotaryFrequencies() {}

  /** Whether frequencies depend on a sequence's length. */
  static boolean dependOnLength(RopeScaling scaling) {
    return switch (scaling) {
      case RopeScaling.Dynamic d -> true;
      case RopeScaling.LongRope l -> true;
      case RopeScaling.Default d -> false;
      case RopeScaling.Linear l -> false;
      case RopeScaling.Llama3 l -> false;
      case RopeScaling.Divided d -> false;
      case RopeScaling.Yarn y -> false;
    };
  }

  /** Which frequencies a length chooses: lengths with equal numbers have equal ones. */
  static int choice(RopeConfig config, int length) {
    return switch (config.scaling()) {
      case RopeScaling.Dynamic d -> Math.max(length, config.maxPositions());
      case RopeScaling.LongRope l -> length > l.originalPositions() ? 1 : 0;
      case RopeScaling.Default d -> 0;
      case RopeScaling.Linear l -> 0;
      case RopeScaling.Llama3 l -> 0;
      case RopeScaling.Divided d -> 0;
      case RopeScaling.Yarn y -> 0;
    };
  }

  /** Factor of cos and sin. */
  static float attentionFactor(RopeScaling scaling) {
    return switch (scaling) {
      case RopeScaling.Yarn y -> (float) y.attentionFactor();
      case RopeScaling.LongRope l -> (float) l.attentionFactor();
      case RopeScaling.Default d -> 1;
      case RopeScaling.Linear l -> 1;
      case RopeScaling.Dynamic d -> 1;
      case RopeScaling.Llama3 l -> 1;
      case RopeScaling.Divided d -> 1;
    };
  }

  /**
   * Inverse frequencies for a sequence.
   *
   * @param length what decides where they depend on length
   * @param out [rotaryDim/2]
   */
  static void compute(RopeConfig config, int length, float[] out) {
    switch (config.scaling()) {
      case RopeScaling.Default d -> plain(config, config.theta(), out);
      case RopeScaling.Linear l -> {
        plain(config, config.theta(), out);
        for (int i = 0; i < out.length; i++) {
          out[i] /= (float) l.factor();
        }
      }
      case RopeScaling.Dynamic d -> plain(config, dynamicTheta(config, d, length), out);
      case RopeScaling.Llama3 l -> {
        plain(config, config.theta(), out);
        llama3(l, out);
      }
      case RopeScaling.Divided d -> {
        plain(config, config.theta(), out);
        for (int i = 0; i < out.length; i++) {
          out[i] /= d.divisors()[i];
        }
      }
      case RopeScaling.Yarn y -> yarn(config, y, out);
      case RopeScaling.LongRope l -> {
        float[] factors = length > l.originalPositions() ? l.longFactors() : l.shortFactors();
        for (int i = 0; i < out.length; i++) {
          out[i] = 1f / (factors[i] * power(config.theta(), i, config.rotaryDim()));
        }
      }
    }
  }

  private static void plain(RopeConfig config, double theta, float[] out) {
    for (int i = 0; i < out.length; i++) {
      out[i] = 1f / power(theta, i, config.rotaryDim());
    }
  }

  /** θ^(2i/d): base, exponent and result in f32. */
  private static float power(double theta, int i, int dim) {
    return (float) Math.pow((float) theta, 2f * i / dim);
  }

  private static double dynamicTheta(RopeConfig config, RopeScaling.Dynamic d, int length) {
    int max = config.maxPositions();
    if (length <= max || config.rotaryDim() == 2) {
      return config.theta();
    }
    double stretch = d.factor() * length / max - (d.factor() - 1);
    double dim = config.rotaryDim();
    return config.theta() * Math.pow(stretch, dim / (dim - 2));
  }

  private static void llama3(RopeScaling.Llama3 l, float[] out) {
    float original = l.originalPositions();
    float shortest = (float) (l.originalPositions() / l.highFactor());
    float longest = (float) (l.originalPositions() / l.lowFactor());
    float span = (float) (l.highFactor() - l.lowFactor());
    for (int i = 0; i < out.length; i++) {
      float wavelength = (float) (2 * Math.PI) / out[i];
      if (wavelength > longest) {
        out[i] /= (float) l.factor();
      } else if (wavelength >= shortest) {
        float t = (original / wavelength - (float) l.lowFactor()) / span;
        out[i] = (1 - t) * out[i] / (float) l.factor() + t * out[i];
      }
    }
  }

  private static void yarn(RopeConfig config, RopeScaling.Yarn y, float[] out) {
    double low = correction(config, y, y.betaFast());
    double high = correction(config, y, y.betaSlow());
    if (y.truncate()) {
      low = Math.floor(low);
      high = Math.ceil(high);
    }
    low = Math.max(low, 0);
    high = Math.min(high, config.rotaryDim() - 1);
    if (low == high) {
      high += 0.001; // as transformers avoids the division by zero
    }
    for (int i = 0; i < out.length; i++) {
      float power = power(config.theta(), i, config.rotaryDim());
      float ramp = (i - (float) low) / (float) (high - low);
      float interpolated = Math.clamp(ramp, 0f, 1f);
      out[i] = 1f / ((float) y.factor() * power) * interpolated + 1f / power * (1 - interpolated);
    }
  }

  /** The dimension whose wavelength makes {@code rotations} turns in the original length. */
  private static double correction(RopeConfig config, RopeScaling.Yarn y, double rotations) {
    return config.rotaryDim()
        * Math.log(y.originalPositions() / (rotations * 2 * Math.PI))
        / (2 * Math.log(config.theta()));
  }
}
