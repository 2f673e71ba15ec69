package dev.whit.api;

import dev.whit.tokenizer.IncrementalDetokenizer;
import dev.whit.tokenizer.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One token per UTF-8 byte, {@code <s>} and {@code </s>}, and a second token for the letter a: two
 * tokens of a real vocabulary may have the same text too.
 */
public class ByteTokenizer implements Tokenizer {
  public static final int BOS = 256;
  public static final int EOS = 257;
  public static final int OTHER_A = 258;
  public static final int SIZE = 259;

  @Override
  public int[] encode(String text, boolean addSpecialTokens) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int from = addSpecialTokens ? 1 : 0;
    int[] ids = new int[bytes.length + from];
    if (addSpecialTokens) {
      ids[0] = BOS;
    }
    for (int i = 0; i < bytes.length; i++) {
      ids[from + i] = Byte.toUnsignedInt(bytes[i]);
    }
    return ids;
  }

  @Override
  public String decode(int[] ids, boolean skipSpecialTokens) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int id : ids) {
      bytes.writeBytes(bytes(id, skipSpecialTokens));
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static byte[] bytes(int id, boolean skipSpecialTokens) {
    return switch (id) {
      case BOS -> skipSpecialTokens ? new byte[0] : "<s>".getBytes(StandardCharsets.UTF_8);
      case EOS -> skipSpecialTokens ? new byte[0] : "</s>".getBytes(StandardCharsets.UTF_8);
      case OTHER_A -> new byte[] {'a'};
      default -> new byte[] {(byte) id};
    };
  }

  @Override
  public int size() {
    return SIZE;
  }

  @Override
  public @Nullable String token(int id) {
    return switch (id) {
      case BOS -> "<s>";
      case EOS -> "</s>";
      case OTHER_A -> "aa";
      default -> id < 0 || id >= SIZE ? null : "<0x%02X>".formatted(id);
    };
  }

  @Override
  public @Nullable Integer id(String token) {
    for (int id = 0; id < SIZE; id++) {
      if (token.equals(token(id))) {
        return id;
      }
    }
    return null;
  }

  @Override
  public String definition() {
    return "bytes";
  }

  @Override
  public boolean isSpecial(int id) {
    return id == BOS || id == EOS;
  }

  @Override
  public IncrementalDetokenizer detokenizer(boolean skipSpecialTokens) {
    return new IncrementalDetokenizer() {
      private int[] ids = {};
      private int returned;

      @Override
      public String add(int token) {
        ids = Arrays.copyOf(ids, ids.length + 1);
        ids[ids.length - 1] = token;
        String text = decode(ids, skipSpecialTokens);
        return text.endsWith("\uFFFD") ? "" : rest(text);
      }

      @Override
      public String finish() {
        return rest(decode(ids, skipSpecialTokens));
      }

      private String rest(String text) {
        String rest = text.substring(returned);
        returned = text.length();
        return rest;
      }
    };
  }

  @Override
  public void close() {}
}
