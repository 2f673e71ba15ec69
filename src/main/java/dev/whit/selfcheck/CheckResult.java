package dev.whit.selfcheck;

/**
 * How a check went.
 *
 * @param name the sentence of the contract
 * @param outcome whether it holds
 * @param reason why not, empty if it does
 */
public record CheckResult(String name, Outcome outcome, String reason) {
  /** Whether a sentence of the contract holds. */
  public enum Outcome {
    PASSED,
    FAILED,
    /** There is nothing to check on this server. */
    SKIPPED
  }
}
