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
    int characters = PlainCharacters.count(text);
    return characters > 0 && characters <= MAX_PLAIN;
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
    boolean isOpen = PlainCharacters.canFollow(automaton, state, MAX_PLAIN);
    long[] mask = isOpen ? plain.clone() : new long[words()];
    // First what an answer can always go on with.
    bytes.allow(automaton, state, mask, Long.MAX_VALUE);
    (isOpen ? others : all).allow(automaton, state, mask, MAX_WORK);
    return mask;
  }
}
