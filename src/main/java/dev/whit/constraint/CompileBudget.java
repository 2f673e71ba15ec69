package dev.whit.constraint;

/**
 * Bounds the work and memory that one schema may cost: a small schema can ask for exponentially
 * much. One thread at a time.
 */
final class CompileBudget {
  private static final int MOST = 1 << 20;

  private String path = "#";
  private int left = MOST;

  /** Where the schema is that what follows is for. */
  void at(String newPath) {
    path = newPath;
  }

  /** Pays for states, nodes or transitions. */
  void spend(int units) {
    left -= units;
    if (left < 0) {
      throw new SchemaException(
          path, "the schema is too complex: it needs more than %d states".formatted(MOST));
    }
  }
}
