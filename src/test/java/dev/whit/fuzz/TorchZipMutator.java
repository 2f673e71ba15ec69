package dev.whit.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Damages the records of a torch zip file, the names of its entries, and its pickle. */
final class TorchZipMutator implements Mutator {
  private static final List<String> RECORDS =
      List.of("PK\1\2", "PK\3\4", "PK\5\6", "PK\6\6", "PK\6\7");

  /** Bytes of the longest of the records, without names. */
  private static final int RECORD_BYTES = 56;

  private static final List<String> NAMES =
      List.of("../../../../", "/etc/passwd", "\0\0\0", "a\\b", "data.pkl");

  /** Pieces of pickles: what executes, multiplies, nests, recalls, ends too early. */
  private static final List<String> PICKLES =
      List.of(
          "cos\nsystem\n",
          "cbuiltins\neval\n",
          "c__builtin__\nexec\n",
          "ctorch\nload\n",
          "ctorch.storage\nUntypedStorage\n",
          "ccollections\nOrderedDict\n)R",
          "ccollections\nOrderedDict\n(K\1tR",
          "cbuiltins\nset\n]\u0085R",
          "\u0085".repeat(200),
          "(".repeat(200),
          "}q\0h\0X\1\0\0\0ah\0s",
          "]q\0h\0a",
          "2\u0087q\0".repeat(40),
          "h\u00ff",
          "j\u00ff\u00ff\u00ff\u00ff",
          "X\u00ff\u00ff\u00ff\u007f",
          "\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f",
          "\u008a\u00ff",
          "\u008b\u00ff\u00ff\u00ff\u00ff",
          "J\u00ff\u00ff\u00ff\u00ff",
          "\u008a\u0008\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f",
          "N",
          "t",
          "R",
          "Q",
          "b",
          "s",
          "u",
          "0",
          "1",
          ".",
          "\u0080\u0005",
          "\u0082\1",
          "i");

  @Override
  public byte[] mutate(byte[] original, Random random) {
    byte[] bytes = original.clone();
    for (int steps = 1 + random.nextInt(3); steps > 0; steps--) {
      switch (random.nextInt(3)) {
        case 0 -> {
          int record = pick(bytes, pick(RECORDS, random), random);
          ByteMutator.overwriteNumber(bytes, within(bytes, record, RECORD_BYTES, random), random);
        }
        case 1 -> {
          int record = pick(bytes, pick(RECORDS, random), random);
          put(bytes, record + 30 + random.nextInt(40), pick(NAMES, random));
        }
        default -> {
          int pickle = pick(bytes, "\u0080\2", random);
          put(bytes, within(bytes, pickle, 4096, random), pick(PICKLES, random));
        }
      }
    }
    return bytes;
  }

  private static String pick(List<String> choices, Random random) {
    return choices.get(random.nextInt(choices.size()));
  }

  /** Where one of the occurrences of a signature is, the file's beginning if there is none. */
  private static int pick(byte[] bytes, String signature, Random random) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    List<Integer> found = new ArrayList<>();
    for (int at = text.indexOf(signature); at >= 0; at = text.indexOf(signature, at + 1)) {
      found.add(at);
    }
    return found.isEmpty() ? 0 : found.get(random.nextInt(found.size()));
  }

  private static int within(byte[] bytes, int from, int length, Random random) {
    return from + random.nextInt(Math.min(length, bytes.length - from));
  }

  private static void put(byte[] bytes, int at, String text) {
    byte[] piece = text.getBytes(StandardCharsets.ISO_8859_1);
    int room = Math.max(0, Math.min(piece.length, bytes.length - at));
    System.arraycopy(piece, 0, bytes, Math.min(at, bytes.length - room), room);
  }
}
