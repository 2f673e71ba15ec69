package dev.whit.constraint;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What each token of a vocabulary adds to a text, in bytes, laid out for masks. Tokens of printable
 * characters without quote and backslash, most of a vocabulary, are told apart: where that many
 * characters of any kind can follow, as inside a string, all of them can. Immutable.
 */
public final class TokenVocabulary {
  /**
   * The printable characters but quote and backslash in UTF-8, as sequences of ranges of bytes:
   * first and last of each.
   */
  static final int[][] PLAIN_CHARACTERS = {
    {' ', '!'},
    {'#', '['},
    {']', 0x7F},
    {0xC2, 0xDF, 0x80, 0xBF},
    {0xE0, 0xE0, 0xA0, 0xBF, 0x80, 0xBF},
    {0xE1, 0xEC, 0x80, 0xBF, 0x80, 0xBF},
    {0xED, 0xED, 0x80, 0x9F, 0x80, 0xBF},
    {0xEE, 0xEF, 0x80, 0xBF, 0x80, 0xBF},
    {0xF0, 0xF0, 0x90, 0xBF, 0x80, 0xBF, 0x80, 0xBF},
    {0xF1, 0xF3, 0x80, 0xBF, 0x80, 0xBF, 0x80, 0xBF},
    {0xF4, 0xF4, 0x80, 0x8F, 0x80, 0xBF, 0x80, 0xBF}
  };

  /** Most characters of a token that counts as plain. */
  private static final int MAX_PLAIN = 16;

  /** What a mask may cost: several walks through 128,000 tokens. */
  private static final long MAX_WORK = 4_000_000;

  private final int size;
  private final List<byte @Nullable []> texts;
  private final TokenTrie bytes;
  private final TokenTrie all;
  private final TokenTrie others;

  /** Mask of the plain tokens. */
  private final long[] plain;

  /**
   * Lays out a vocabulary.
   *
   * @param size number of ids of the model, those that its tokenizer has no token for included
   * @param texts what a token adds to a text; null or empty for one that never is part of an answer
   */
  public TokenVocabulary(int size, IntFunction<byte @Nullable []> texts) {
    this.size = size;
    this.texts = new ArrayList<>(size);
    plain = new long[words()];
    for (int id = 0; id < size; id++) {
      byte[] text = texts.apply(id);
      this.texts.add(text == null || text.length == 0 ? null : text);
      if (text != null && isPlain(text)) {
        plain[id >> 6] |= 1L << id;
      }
    }
    bytes = trie(text -> text.length == 1);
    all = trie(text -> true);
    others = trie(text -> !isPlain(text));
  }

  private TokenTrie trie(Predicate<byte[]> wanted) {
    int[] ids =
        IntStream.range(0, size)
            .filter(id -> {
              byte[] text = texts.get(id);
              return text != null && wanted.test(text);
            })
            .toArray();
    return new TokenTrie(texts, ids);
  }

  private static boolean isPlain(byte[] text) {
    int characters = plainCharacters(text);
    return characters > 0 && characters <= MAX_PLAIN;
  }

  /** Number of characters if all are plain, else 0. */
  private static int plainCharacters(byte[] text) {
    int count = 0;
    for (int at = 0; at < text.length; count++) {
      int length = plainLength(text, at);
      if (length == 0) {
        return 0;
      }
      at += length;
    }
    return count;
  }

  private static int plainLength(byte[] text, int at) {
    for (int[] ranges : PLAIN_CHARACTERS) {
      int length = ranges.length / 2;
      boolean matches = at + length <= text.length;
      for (int i = 0; i < length && matches; i++) {
        int b = Byte.toUnsignedInt(text[at + i]);
        matches = ranges[2 * i] <= b && b <= ranges[2 * i + 1];
      }
      if (matches) {
        return length;
      }
    }
    return 0;
  }

  /** The bytes that are tokens of their own. */
  BitSet singleBytes() {
    BitSet bytes = new BitSet(256);
    for (byte[] text : texts) {
      if (text != null && text.length == 1) {
        bytes.set(Byte.toUnsignedInt(text[0]));
      }
    }
    return bytes;
  }

  /** Number of longs of a mask. */
  int words() {
    return (size + 63) / 64;
  }

  /** What a token adds to a text, null if it never is part of an answer. */
  byte @Nullable [] text(int token) {
    return token < 0 || token >= size ? null : texts.get(token);
  }

  /** The tokens that can follow, as a bit set of ids. */
  long[] mask(ByteAutomaton automaton, ByteAutomaton.State state) {
    boolean isOpen = automaton.anyCharacters(state, MAX_PLAIN) == MAX_PLAIN;
    long[] mask = isOpen ? plain.clone() : new long[words()];
    // First what an answer can always go on with.
    bytes.allow(automaton, state, mask, Long.MAX_VALUE);
    (isOpen ? others : all).allow(automaton, state, mask, MAX_WORK);
    return mask;
  }
}
