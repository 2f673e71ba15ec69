package dev.whit.model;

/**
 * Rotary position embedding of a layer.
 *
 * @param theta base of the frequencies
 * @param rotaryDim rotated elements of a head, even; the rest of the head passes unrotated
 * @param maxPositions the model's {@code max_position_embeddings}
 * @param scaling how frequencies depart from {@code theta^(−2i/rotaryDim)}
 */
public record RopeConfig(double theta, int rotaryDim, int maxPositions, RopeScaling scaling) {

  public RopeConfig {
    if (rotaryDim < 2 || rotaryDim % 2 != 0) {
      throw new IllegalArgumentException("rotary dimension " + rotaryDim + " is not even");
    }
  }
}
