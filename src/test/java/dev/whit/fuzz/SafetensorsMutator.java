package dev.whit.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;

/** Damages what a safetensors file says of its tensors, and puts odd numbers in their place. */
final class SafetensorsMutator implements Mutator {
  private static final short[] HALVES = {
    (short) 0x7fc0,
    (short) 0x7f80,
    (short) 0xff80,
    (short) 0x7e00,
    (short) 0x7c00,
    0,
    (short) 0x8000
  };

  private final Mutator header = Mutator.oneOf(new JsonMutator(), new ByteMutator());

  @Override
  public byte[] mutate(byte[] original, Random random) {
    ByteBuffer file = ByteBuffer.wrap(original.clone()).order(ByteOrder.LITTLE_ENDIAN);
    int end = Long.BYTES + (int) file.getLong(0);
    if (random.nextInt(3) == 0) {
      for (int i = 1 + random.nextInt(4); i > 0; i--) {
        int at = end + 2 * random.nextInt((original.length - end) / 2);
        file.putShort(at, HALVES[random.nextInt(HALVES.length)]);
      }
      return file.array();
    }
    byte[] mutated = header.mutate(Arrays.copyOfRange(original, Long.BYTES, end), random);
    byte[] length =
        ByteBuffer.allocate(Long.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(mutated.length)
            .array();
    return ByteMutator.splice(
        ByteMutator.splice(original, Long.BYTES, end, mutated), 0, Long.BYTES, length);
  }
}
