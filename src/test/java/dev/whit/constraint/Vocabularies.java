package dev.whit.constraint;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Vocabularies of every byte and of pieces that tokenizers make: also of halves of characters. */
final class Vocabularies {
  private static final String TEXT =
      "{\"name\": \"Zoë\", \"age\": 42, \"tags\": [\"a\", \"b\"], \"ok\": true, \"none\": null}\n"
          + "  {\n    \"x\": -1.5e+10, \"🙂 emoji — dash\": \"C:\\\\dir\\\"quoted\\\"\\n\" } ], }, [{ "
          + "false \":\"  0123456789 2024-05-17T10:00:00Z a@example.com the quick brown fox";

  private Vocabularies() {}

  /** 256 bytes, and {@code pieces} random pieces of a text of JSON. */
  static List<byte[]> random(SplittableRandom random, int pieces) {
    List<byte[]> tokens = new ArrayList<>();
    for (int b = 0; b < 256; b++) {
      tokens.add(new byte[] {(byte) b});
    }
    byte[] text = TEXT.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < pieces; i++) {
      int from = random.nextInt(text.length - 1);
      int to = Math.min(text.length, from + 2 + random.nextInt(8));
      tokens.add(Arrays.copyOfRange(text, from, to));
    }
    return tokens;
  }

  static TokenVocabulary of(List<byte[]> tokens) {
    return new TokenVocabulary(tokens.size(), tokens::get);
  }
}
