package dev.whit.constraint;

/**
 * A context-free language over bytes as a network of nodes: an edge takes a byte, takes nothing, or
 * calls a rule and goes on when that has ended. Every node can reach the end of its rule: what
 * leads nowhere has been cut off. Immutable.
 *
 * @param freeEdges of each node, the nodes that it reaches without a byte
 * @param byteEdges of each node, three numbers for each edge: first byte, last byte, target
 * @param calls of each node, two numbers for each edge: the rule's first node, the node after it
 * @param ends whether a node ends its rule
 * @param heights of each node, how deep calls must at least be nested to reach the end of its rule
 * @param start first node of the whole
 * @param byteClasses of each byte, the number of its class: edges cannot tell its members apart
 */
record Grammar(
    int[][] freeEdges,
    int[][] byteEdges,
    int[][] calls,
    boolean[] ends,
    int[] heights,
    int start,
    int[] byteClasses) {
  /** The height of a node that cannot reach the end of its rule. */
  static final int ENDLESS = Integer.MAX_VALUE;

  /** Number of classes of bytes. */
  int classes() {
    return byteClasses[255] + 1;
  }

  int nodes() {
    return ends.length;
  }
}
