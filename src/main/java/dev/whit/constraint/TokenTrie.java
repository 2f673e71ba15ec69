package dev.whit.constraint;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of a vocabulary by their bytes, as a tree in the order of a walk through it: where a
 * byte cannot follow, all that is below is passed over at once. Immutable.
 */
final class TokenTrie {
  /** Of each node: its byte, its depth from 1, the node after all below it. */
  private final byte[] bytes;

  private final int[] depths;
  private final int[] next;

  /** tokens[firstToken[node] … firstToken[node + 1]): the tokens that end at a node. */
  private final int[] firstToken;

  private final int[] tokens;
  private final int maxDepth;

  /**
   * A trie of some tokens.
   *
   * @param texts bytes of each token, by id
   * @param ids the tokens to take
   */
  TokenTrie(List<byte @Nullable []> texts, int[] ids) {
    tokens =
        Arrays.stream(ids)
            .boxed()
            .sorted((a, b) -> Arrays.compareUnsigned(text(texts, a), text(texts, b)))
            .mapToInt(Integer::intValue)
            .toArray();
    int nodes = 0;
    int deepest = 0;
    for (int i = 0; i < tokens.length; i++) {
      nodes += text(texts, tokens[i]).length - shared(texts, i);
      deepest = Math.max(deepest, text(texts, tokens[i]).length);
    }
    maxDepth = deepest;
    bytes = new byte[nodes];
    depths = new int[nodes];
    next = new int[nodes];
    firstToken = new int[nodes + 1];
    fill(texts);
  }

  private static byte[] text(List<byte @Nullable []> texts, int id) {
    byte[] text = texts.get(id);
    if (text == null || text.length == 0) {
      throw new IllegalArgumentException("token " + id + " has no text");
    }
    return text;
  }

  /** How many first bytes a token shares with the one before it. */
  private int shared(List<byte @Nullable []> texts, int index) {
    if (index == 0) {
      return 0;
    }
    int mismatch = Arrays.mismatch(text(texts, tokens[index - 1]), text(texts, tokens[index]));
    return mismatch < 0 ? text(texts, tokens[index]).length : mismatch;
  }

  private void fill(List<byte @Nullable []> texts) {
    int[] open = new int[maxDepth + 1];
    int node = 0;
    int depth = 0;
    for (int i = 0; i < tokens.length; i++) {
      byte[] text = text(texts, tokens[i]);
      int shared = shared(texts, i);
      while (depth > shared) {
        next[open[depth--]] = node;
      }
      while (depth < text.length) {
        bytes[node] = text[depth++];
        depths[node] = depth;
        firstToken[node] = i;
        open[depth] = node++;
      }
    }
    while (depth > 0) {
      next[open[depth--]] = node;
    }
    firstToken[node] = tokens.length;
  }

  /**
   * Sets the bits of the tokens whose bytes can follow, or of some of them.
   *
   * @param most places of the automaton's states to pass through, after which the rest is left out:
   *     a hostile schema must not hold up the others. A matter of the state alone, so that a mask
   *     is the same whenever it is computed.
   */
  void allow(ByteAutomaton automaton, ByteAutomaton.State from, long[] allowed, long most) {
    ByteAutomaton.State[] path = new ByteAutomaton.State[maxDepth + 1];
    path[0] = from;
    int node = 0;
    long left = most;
    while (node < bytes.length && left > 0) {
      int depth = depths[node];
      ByteAutomaton.State state = automaton.next(path[depth - 1], Byte.toUnsignedInt(bytes[node]));
      if (state == null) {
        node = next[node];
        continue;
      }
      left -= 1 + state.places();
      path[depth] = state;
      for (int i = firstToken[node]; i < firstToken[node + 1]; i++) {
        allowed[tokens[i] >> 6] |= 1L << tokens[i];
      }
      node++;
    }
  }
}
