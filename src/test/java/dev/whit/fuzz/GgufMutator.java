package dev.whit.fuzz;

import java.util.Random;

/** Damages the header of a GGUF file: counts, lengths, types, shapes and offsets. */
final class GgufMutator implements Mutator {
  /** The small models' headers end in the first of these bytes. */
  private static final int HEADER = 16 << 10;

  private static final int MAX_STEPS = 3;

  @Override
  public byte[] mutate(byte[] original, Random random) {
    byte[] bytes = original.clone();
    for (int steps = 1 + random.nextInt(MAX_STEPS); steps > 0; steps--) {
      int at = random.nextInt(Math.min(HEADER, bytes.length));
      if (random.nextBoolean()) {
        bytes[at] = (byte) random.nextInt();
      } else {
        ByteMutator.overwriteNumber(bytes, at, random);
      }
    }
    return bytes;
  }
}
