package dev.whit.bench;

import java.util.Locale;

/**
 * What is timed.
 *
 * @param phase of a generation
 * @param tokens of each sequence
 * @param batch sequences at once
 */
public record Workload(Phase phase, int tokens, int batch) {
  /** A phase of a generation. */
  public enum Phase {
    /** A prompt, many tokens a step, and the logits after its last token. */
    PREFILL,
    /** One token of each sequence a step, and the logits after it. */
    DECODE
  }

  public Workload {
    if (tokens < 1 || batch < 1) {
      throw new IllegalArgumentException("nothing to time");
    }
  }

  /** llama-bench's name: "pp128", "tg64". */
  public String name() {
    return switch (phase) {
      case PREFILL -> "pp" + tokens;
      case DECODE -> "tg" + tokens;
    };
  }

  /** Tokens of all sequences. */
  public int totalTokens() {
    return Math.multiplyExact(tokens, batch);
  }

  /** Tokens after which logits are wanted: of a prompt only the last. */
  int logitRows() {
    return switch (phase) {
      case PREFILL -> batch;
      case DECODE -> totalTokens();
    };
  }

  /** How many of so many steps go through the head. */
  int heads(int steps) {
    return switch (phase) {
      case PREFILL -> 1;
      case DECODE -> steps;
    };
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s, batch %d", name(), batch);
  }
}
