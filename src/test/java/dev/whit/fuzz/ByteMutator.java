package dev.whit.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;

/** Damages bytes without knowing what they mean: for files of every kind. */
final class ByteMutator implements Mutator {
  private static final int MAX_STEPS = 4;
  private static final int MAX_RANGE = 512;

  /** Bytes at either end of a file: where containers keep what says where the rest is. */
  private static final int ENDS = 1024;

  private static final long[] NUMBERS = {
    0,
    1,
    -1,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0x8000,
    0xffff,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    0xffff_ffffL,
    1L << 40,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  @Override
  public byte[] mutate(byte[] original, Random random) {
    byte[] bytes = original.clone();
    for (int steps = 1 + random.nextInt(MAX_STEPS); steps > 0; steps--) {
      bytes = step(bytes, random);
    }
    return bytes;
  }

  private static byte[] step(byte[] bytes, Random random) {
    if (bytes.length == 0) {
      return new byte[] {(byte) random.nextInt()};
    }
    int at = position(bytes.length, random);
    int length = Math.min(1 + random.nextInt(MAX_RANGE), bytes.length - at);
    switch (random.nextInt(8)) {
      case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
      case 1 -> bytes[at] = (byte) random.nextInt();
      case 2 -> Arrays.fill(bytes, at, at + length, (byte) 0);
      case 3 -> overwriteNumber(bytes, at, random);
      case 4 -> {
        return Arrays.copyOf(bytes, at);
      }
      case 5 -> {
        return splice(bytes, at, at + length, new byte[0]);
      }
      case 6 -> {
        return splice(bytes, at, at, Arrays.copyOfRange(bytes, at, at + length));
      }
      default -> {
        int from = random.nextInt(bytes.length - length + 1);
        System.arraycopy(bytes, from, bytes, at, length);
      }
    }
    return bytes;
  }

  private static int position(int length, Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(Math.min(ENDS, length));
      case 1 -> length - 1 - random.nextInt(Math.min(ENDS, length));
      default -> random.nextInt(length);
    };
  }

  /** Puts a number at the edge of some range where there is room for it. */
  static void overwriteNumber(byte[] bytes, int at, Random random) {
    long number = NUMBERS[random.nextInt(NUMBERS.length)];
    int size = Math.min(1 << random.nextInt(4), bytes.length - at);
    byte[] encoded =
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(number).array();
    System.arraycopy(encoded, 0, bytes, at, size);
  }

  /** The bytes with {@code [from, to)} replaced. */
  static byte[] splice(byte[] bytes, int from, int to, byte[] replacement) {
    return ByteBuffer.allocate(bytes.length - (to - from) + replacement.length)
        .put(bytes, 0, from)
        .put(replacement)
        .put(bytes, to, bytes.length - to)
        .array();
  }
}
