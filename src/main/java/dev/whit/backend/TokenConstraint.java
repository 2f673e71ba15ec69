package dev.whit.backend;

/**
 * Which tokens an answer may consist of, token by token: a function of the answer so far. Immutable
 * and safe for use by many threads, so that it serves several answers at once.
 */
public interface TokenConstraint {
  /** Where an answer begins. */
  Position start();

  /** A place in an answer. */
  interface Position {
    /**
     * The tokens that may come next as part of the answer, as a bit set: bit {@code id & 63} of
     * element {@code id >> 6}. Never to be changed.
     */
    long[] allowed();

    /** Whether the answer may end here. */
    boolean mayEnd();

    /** Whether it may do nothing else. */
    boolean mustEnd();

    /**
     * The place behind a token.
     *
     * @throws IllegalArgumentException if the token is not allowed
     */
    Position after(int token);

    /** Whether a token may come next as part of the answer. */
    default boolean allows(int token) {
      long[] allowed = allowed();
      return token >> 6 < allowed.length && (allowed[token >> 6] >> token & 1) != 0;
    }
  }
}
