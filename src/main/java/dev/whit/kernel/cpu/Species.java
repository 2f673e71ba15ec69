package dev.whit.kernel.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector shapes that all kernels of this process use: the widest of 128, 256 and 512 bits that
 * the processor prefers, or what the system property {@code whit.vector-bits} says (tests force the
 * narrow paths with it). Constants, because the compiler folds a species only when it is one; a
 * class of their own, because loading it needs the vector module.
 */
final class Species {
  /** Name of the system property that overrides the width. */
  static final String PROPERTY = "whit.vector-bits";

  /** Bits of a vector: 128, 256 or 512. */
  static final int BITS = bits();

  /** f32 vectors of {@link #BITS}. */
  static final VectorSpecies<Float> FLOAT =
      switch (BITS) {
        case 512 -> FloatVector.SPECIES_512;
        case 256 -> FloatVector.SPECIES_256;
        default -> FloatVector.SPECIES_128;
      };

  /** int32 vectors with as many lanes as {@link #FLOAT}. */
  static final VectorSpecies<Integer> INT =
      switch (BITS) {
        case 512 -> IntVector.SPECIES_512;
        case 256 -> IntVector.SPECIES_256;
        default -> IntVector.SPECIES_128;
      };

  /** 16-bit vectors with as many lanes as {@link #FLOAT}: half its bits. */
  static final VectorSpecies<Short> SHORT =
      switch (BITS) {
        case 512 -> ShortVector.SPECIES_256;
        case 256 -> ShortVector.SPECIES_128;
        default -> ShortVector.SPECIES_64;
      };

  /** Lanes of {@link #FLOAT}. */
  static final int LANES = BITS / Float.SIZE;

  private Species() {}

  private static int bits() {
    Integer forced = Integer.getInteger(PROPERTY);
    if (forced == null) {
      int preferred = FloatVector.SPECIES_PREFERRED.vectorBitSize();
      return preferred >= 512 ? 512 : preferred >= 256 ? 256 : 128;
    }
    if (forced != 128 && forced != 256 && forced != 512) {
      throw new IllegalArgumentException(PROPERTY + " is " + forced + ", not 128, 256 or 512");
    }
    return forced;
  }
}
