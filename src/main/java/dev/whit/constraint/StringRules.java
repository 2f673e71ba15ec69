package dev.whit.constraint;

import dev.whit.constraint.CharAutomaton.Transition;
import dev.whit.constraint.GrammarBuilder.Rule;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes sets of strings as JSON strings, in UTF-8. A character has one spelling: as it is where
 * JSON allows that, else by its short escape, else by its code. Printable ASCII is an edge in
 * place; all other spellings of a set of characters are a rule that its edges share.
 */
final class StringRules {
  private static final CharSet PLAIN_ASCII = CharSet.range(' ', 0x7F).minus(CharSet.anyOf("\"\\"));
  private static final String ESCAPED = "\"\\\b\f\n\r\t";
  private static final String ESCAPES = "\"\\bfnrt";
  private static final String HEX = "0123456789abcdef";

  private final GrammarBuilder grammar;
  private final Map<CharSet, Rule> spellings = new HashMap<>();

  StringRules(GrammarBuilder grammar) {
    this.grammar = grammar;
  }

  /** Adds a string between quotes; returns the node behind it. */
  int add(int from, CharAutomaton strings) {
    int first = grammar.text(from, "\"");
    int last = grammar.node();
    int end = grammar.text(last, "\"");
    int[] nodes = new int[strings.states()];
    for (int state = 0; state < nodes.length; state++) {
      nodes[state] = state == 0 ? first : grammar.node();
    }
    for (int state = 0; state < nodes.length; state++) {
      if (strings.accepts(state)) {
        grammar.free(nodes[state], last);
      }
      addTransitions(nodes, state, strings);
    }
    return end;
  }

  private void addTransitions(int[] nodes, int state, CharAutomaton strings) {
    Map<Integer, CharSet> byTarget = new LinkedHashMap<>();
    for (Transition transition : strings.transitions(state)) {
      CharSet range = CharSet.range(transition.first(), transition.last());
      byTarget.merge(transition.target(), range, CharSet::union);
    }
    byTarget.forEach((target, characters) -> {
      CharSet plain = characters.intersect(PLAIN_ASCII);
      for (int i = 0; i < plain.ranges(); i++) {
        grammar.bytes(nodes[state], plain.first(i), plain.last(i), nodes[target]);
      }
      CharSet rest = characters.minus(PLAIN_ASCII);
      if (!rest.isEmpty()) {
        grammar.call(nodes[state], spellings.computeIfAbsent(rest, this::spell), nodes[target]);
      }
    });
  }

  private Rule spell(CharSet characters) {
    Rule rule = grammar.rule();
    for (int i = 0; i < ESCAPED.length(); i++) {
      if (!characters.intersect(CharSet.of(ESCAPED.charAt(i))).isEmpty()) {
        grammar.free(grammar.text(rule.start(), "\\" + ESCAPES.charAt(i)), rule.end());
      }
    }
    CharSet controls = characters.intersect(CharSet.range(0, 0x1F)).minus(CharSet.anyOf(ESCAPED));
    for (int i = 0; i < controls.ranges(); i++) {
      for (int c = controls.first(i); c <= controls.last(i); c++) {
        String spelling = "\\u00" + HEX.charAt(c >> 4) + HEX.charAt(c & 15);
        grammar.free(grammar.text(rule.start(), spelling), rule.end());
      }
    }
    CharSet wide = characters.intersect(CharSet.range(0x80, Character.MAX_CODE_POINT));
    for (int i = 0; i < wide.ranges(); i++) {
      addUtf8(rule, wide.first(i), wide.last(i));
    }
    return rule;
  }

  /** Cuts a range where the number of bytes changes. */
  private void addUtf8(Rule rule, int first, int last) {
    int[] ends = {0x7FF, 0xFFFF, Character.MAX_CODE_POINT};
    int from = first;
    for (int i = 0; i < ends.length && from <= last; i++) {
      int to = Math.min(last, ends[i]);
      if (from <= to) {
        addBytes(rule.start(), encode(from, i + 2), encode(to, i + 2), 0, rule.end());
        from = to + 1;
      }
    }
  }

  private static int[] encode(int character, int length) {
    int[] bytes = new int[length];
    int rest = character;
    for (int i = length - 1; i > 0; i--) {
      bytes[i] = 0x80 | (rest & 0x3F);
      rest >>= 6;
    }
    bytes[0] = (0xF00 >> length & 0xFF) | rest;
    return bytes;
  }

  /** All encodings of one length between two, in order of their bytes. */
  private void addBytes(int from, int[] first, int[] last, int index, int end) {
    if (index == first.length - 1) {
      grammar.bytes(from, first[index], last[index], end);
      return;
    }
    if (first[index] == last[index]) {
      addTail(from, first[index], last[index], first, last, index, end);
      return;
    }
    int[] lowest = first.clone();
    int[] highest = last.clone();
    for (int i = index + 1; i < first.length; i++) {
      lowest[i] = 0x80;
      highest[i] = 0xBF;
    }
    addTail(from, first[index], first[index], first, highest, index, end);
    if (first[index] + 1 < last[index]) {
      addTail(from, first[index] + 1, last[index] - 1, lowest, highest, index, end);
    }
    addTail(from, last[index], last[index], lowest, last, index, end);
  }

  private void addTail(
      int from, int firstByte, int lastByte, int[] first, int[] last, int index, int end) {
    int next = grammar.node();
    grammar.bytes(from, firstByte, lastByte, next);
    addBytes(next, first, last, index + 1, end);
  }
}
