package dev.whit.api;

import dev.whit.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Single tokens of a vocabulary in readable form, made when first asked for and kept. Safe for use
 * by many threads.
 */
final class TokenTexts {
  /** What tokens are decoded behind: a tokenizer may strip the space that begins a text. */
  private static final String ANCHOR = "a";

  private final Tokenizer tokenizer;
  private final int[] anchor;
  private final Map<Integer, TokenText> made = new ConcurrentHashMap<>();

  TokenTexts(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
    int[] ids = tokenizer.encode(ANCHOR, false);
    this.anchor = tokenizer.decode(ids, false).equals(ANCHOR) ? ids : new int[0];
  }

  TokenText of(int id) {
    return made.computeIfAbsent(id, this::make);
  }

  /** The bytes that a token adds to a text, made anew. */
  byte[] bytes(int id) {
    return make(id).bytes();
  }

  private TokenText make(int id) {
    String written = tokenizer.token(id);
    if (written == null) {
      // A model may have more logits than its tokenizer has tokens.
      return new TokenText(id, "token_id:" + id, new byte[0]);
    }
    String text = decodeBehindAnchor(id);
    byte[] raw = text.indexOf('\uFFFD') < 0 ? null : rawBytes(written);
    return raw == null
        ? new TokenText(id, text, text.getBytes(StandardCharsets.UTF_8))
        : new TokenText(id, spell(raw), raw);
  }

  private String decodeBehindAnchor(int id) {
    int[] ids = new int[anchor.length + 1];
    System.arraycopy(anchor, 0, ids, 0, anchor.length);
    ids[anchor.length] = id;
    String text = tokenizer.decode(ids, false);
    return anchor.length > 0 && text.startsWith(ANCHOR) ? text.substring(ANCHOR.length()) : text;
  }

  private static String spell(byte[] bytes) {
    return "bytes:\\x" + HexFormat.ofDelimiter("\\x").formatHex(bytes);
  }

  /**
   * Bytes of a token that is not whole characters: {@code <0xE2>} in SentencePiece vocabularies,
   * the printable alphabet of GPT-2 in byte-level ones; null when it is neither.
   */
  private static byte @Nullable [] rawBytes(String written) {
    if (written.matches("<0x[0-9A-Fa-f]{2}>")) {
      return HexFormat.of().parseHex(written, 3, 5);
    }
    byte[] bytes = new byte[written.length()];
    for (int i = 0; i < bytes.length; i++) {
      int b = gpt2Byte(written.charAt(i));
      if (b < 0) {
        return null;
      }
      bytes[i] = (byte) b;
    }
    return bytes;
  }

  /**
   * The byte that a character of GPT-2's alphabet stands for, or −1. Bytes that are printable in
   * Latin-1 stand for themselves, the others are numbered from 256 up.
   */
  private static int gpt2Byte(char c) {
    if (c < 256) {
      return isPrintable(c) ? c : -1;
    }
    int unprintable = 255;
    for (int b = 0; b < 256; b++) {
      if (!isPrintable(b) && ++unprintable == c) {
        return b;
      }
    }
    return -1;
  }

  private static boolean isPrintable(int b) {
    return (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xFF && b != 0xAD);
  }
}
