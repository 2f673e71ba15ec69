package dev.whit.constraint;

import dev.whit.constraint.ByteAutomaton.State;
import org.jspecify.annotations.Nullable;

/**
 * The characters that JSON strings have as they are: printable, no quote, no backslash. Where one
 * of them can follow, mostly all can, and lead to one and the same state.
 */
final class PlainCharacters {
  /**
   * The printable characters but quote and backslash in UTF-8, as sequences of ranges of bytes:
   * first and last of each.
   */
  private static final int[][] RANGES = {
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

  private PlainCharacters() {}

  /** Number of characters if all are plain, else 0. */
  static int count(byte[] text) {
    int count = 0;
    for (int at = 0; at < text.length; count++) {
      int length = length(text, at);
      if (length == 0) {
        return 0;
      }
      at += length;
    }
    return count;
  }

  private static int length(byte[] text, int at) {
    for (int[] ranges : RANGES) {
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

  /** Whether so many characters can follow whatever they are. */
  static boolean canFollow(ByteAutomaton automaton, State state, int count) {
    State at = state;
    for (int i = 0; i < count; i++) {
      State next = at.afterAnyCharacter;
      if (next == null) {
        next = afterAny(automaton, at);
        at.afterAnyCharacter = next;
      }
      if (next == automaton.dead) {
        return false;
      }
      at = next;
    }
    return true;
  }

  private static State afterAny(ByteAutomaton automaton, State state) {
    State all = null;
    for (int[] ranges : RANGES) {
      State after = afterAll(automaton, state, ranges, 0, all);
      if (after == automaton.dead) {
        return automaton.dead;
      }
      all = after;
    }
    return all == null ? automaton.dead : all;
  }

  /**
   * The state that every sequence of bytes from these ranges leads to, {@code dead} if there is no
   * such state, or it is not the one expected.
   */
  private static State afterAll(
      ByteAutomaton automaton, State state, int[] ranges, int from, @Nullable State expected) {
    if (from == ranges.length) {
      return expected == null || expected == state ? state : automaton.dead;
    }
    State all = expected;
    for (int b = ranges[from]; b <= ranges[from + 1]; b++) {
      if (b > ranges[from] && automaton.isSame(b, b - 1)) {
        continue;
      }
      State next = automaton.next(state, b);
      all = next == null ? automaton.dead : afterAll(automaton, next, ranges, from + 2, all);
      if (all == automaton.dead) {
        return automaton.dead;
      }
    }
    return all == null ? automaton.dead : all;
  }
}
