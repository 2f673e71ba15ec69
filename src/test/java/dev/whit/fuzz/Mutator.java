package dev.whit.fuzz;

import java.util.Random;

/** Damages the contents of a file of one kind. The same random numbers do the same damage. */
@FunctionalInterface
interface Mutator {
  /** A damaged copy. */
  byte[] mutate(byte[] original, Random random);

  /** One of some mutators. */
  static Mutator oneOf(Mutator... mutators) {
    return (original, random) -> mutators[random.nextInt(mutators.length)].mutate(original, random);
  }
}
