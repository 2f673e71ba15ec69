package dev.whit.model;

/**
 * Where and how a model normalises.
 *
 * @param kind what every norm of the residual stream computes; norms of queries and keys are RMS
 * @param epsilon of every norm
 * @param placement where in a layer
 * @param queryKey whether queries and keys are normalised, each head by itself, before they rotate
 * @param last whether the last layer's output is normalised
 */
public record NormConfig(
    Kind kind, float epsilon, Placement placement, boolean queryKey, boolean last) {
  /** What a norm computes. */
  public enum Kind {
    /** Root mean square, without bias. */
    RMS,
    /** Mean and variance, with bias. */
    LAYER
  }

  /** Where a layer's norms stand. */
  public enum Placement {
    /** Before attention and before the feed-forward layer. */
    PRE,
    /** After each has been added to the residual stream. */
    POST,
    /** Before each, and after each before it is added. */
    SANDWICH
  }
}
