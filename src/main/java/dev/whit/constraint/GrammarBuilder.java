package dev.whit.constraint;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;

/**
 * Adds up the nodes and edges of a {@link Grammar}. Bytes that no token spells alone are left out:
 * whatever is begun can be completed byte by byte.
 */
final class GrammarBuilder {
  /** A part of the language: begins at {@code start}, and ends at {@code end}. */
  record Rule(int start, int end) {}

  private final CompileBudget budget;
  private final BitSet alphabet;
  private final List<List<int[]>> byteEdges = new ArrayList<>();
  private final List<List<Integer>> freeEdges = new ArrayList<>();
  private final List<List<int[]>> calls = new ArrayList<>();
  private final BitSet ends = new BitSet();

  /**
   * An empty grammar.
   *
   * @param alphabet the bytes that there are
   */
  GrammarBuilder(BitSet alphabet, CompileBudget budget) {
    this.alphabet = alphabet;
    this.budget = budget;
  }

  int node() {
    budget.spend(1);
    byteEdges.add(new ArrayList<>(1));
    freeEdges.add(new ArrayList<>(1));
    calls.add(new ArrayList<>(1));
    return byteEdges.size() - 1;
  }

  /** A new rule. It must not begin with a call, and must take at least one byte. */
  Rule rule() {
    Rule rule = new Rule(node(), node());
    ends.set(rule.end());
    return rule;
  }

  void bytes(int from, int first, int last, int to) {
    int at = alphabet.nextSetBit(first);
    while (at >= 0 && at <= last) {
      int end = Math.min(last + 1, alphabet.nextClearBit(at));
      budget.spend(1);
      byteEdges.get(from).add(new int[] {at, end - 1, to});
      at = alphabet.nextSetBit(end);
    }
  }

  void free(int from, int to) {
    freeEdges.get(from).add(to);
  }

  void call(int from, Rule rule, int to) {
    calls.get(from).add(new int[] {rule.start(), to});
  }

  /** The bytes of a text; returns the node behind them. */
  int text(int from, String text) {
    int at = from;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      int next = node();
      bytes(at, Byte.toUnsignedInt(b), Byte.toUnsignedInt(b), next);
      at = next;
    }
    return at;
  }

  /** The grammar that begins at a rule; its height is {@link Grammar#ENDLESS} if it has no text. */
  Grammar build(Rule root) {
    int[] heights = heights();
    int nodes = heights.length;
    int[][] free = new int[nodes][];
    int[][] bytes = new int[nodes][];
    int[][] called = new int[nodes][];
    boolean[] isEnd = new boolean[nodes];
    for (int node = 0; node < nodes; node++) {
      free[node] =
          freeEdges.get(node).stream()
              .mapToInt(Integer::intValue)
              .filter(to -> heights[to] != Grammar.ENDLESS)
              .toArray();
      bytes[node] = flat(byteEdges.get(node).stream().filter(e -> lives(heights, e[2])).toList());
      called[node] =
          flat(
              calls.get(node).stream()
                  .filter(e -> lives(heights, e[0]) && lives(heights, e[1]))
                  .toList());
      isEnd[node] = ends.get(node);
    }
    return new Grammar(free, bytes, called, isEnd, heights, root.start(), byteClasses());
  }

  private static boolean lives(int[] heights, int node) {
    return heights[node] != Grammar.ENDLESS;
  }

  private static int[] flat(List<int[]> edges) {
    return edges.stream().flatMapToInt(Arrays::stream).toArray();
  }

  /** The least fixed point, from the ends backwards. */
  private int[] heights() {
    int nodes = byteEdges.size();
    List<List<Integer>> before = new ArrayList<>(nodes);
    for (int node = 0; node < nodes; node++) {
      before.add(new ArrayList<>(1));
    }
    for (int node = 0; node < nodes; node++) {
      for (int[] edge : byteEdges.get(node)) {
        before.get(edge[2]).add(node);
      }
      for (int to : freeEdges.get(node)) {
        before.get(to).add(node);
      }
      for (int[] call : calls.get(node)) {
        before.get(call[0]).add(node);
        before.get(call[1]).add(node);
      }
    }
    int[] heights = new int[nodes];
    Arrays.fill(heights, Grammar.ENDLESS);
    Deque<Integer> work = new ArrayDeque<>();
    ends.stream()
        .forEach(end -> {
          heights[end] = 0;
          work.addAll(before.get(end));
        });
    while (!work.isEmpty()) {
      int node = work.remove();
      int height = height(node, heights);
      if (height < heights[node]) {
        heights[node] = height;
        work.addAll(before.get(node));
      }
    }
    return heights;
  }

  private int height(int node, int[] heights) {
    int least = heights[node];
    for (int[] edge : byteEdges.get(node)) {
      least = Math.min(least, heights[edge[2]]);
    }
    for (int to : freeEdges.get(node)) {
      least = Math.min(least, heights[to]);
    }
    for (int[] call : calls.get(node)) {
      if (lives(heights, call[0]) && lives(heights, call[1])) {
        least = Math.min(least, Math.max(1 + heights[call[0]], heights[call[1]]));
      }
    }
    return least;
  }

  private int[] byteClasses() {
    boolean[] borders = new boolean[257];
    for (List<int[]> edges : byteEdges) {
      for (int[] edge : edges) {
        borders[edge[0]] = true;
        borders[edge[1] + 1] = true;
      }
    }
    int[] classes = new int[256];
    for (int b = 1; b < 256; b++) {
      classes[b] = classes[b - 1] + (borders[b] ? 1 : 0);
    }
    return classes;
  }
}
