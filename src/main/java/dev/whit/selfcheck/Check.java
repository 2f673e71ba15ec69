package dev.whit.selfcheck;

import java.io.IOException;

/**
 * One sentence of the contract.
 *
 * @param name the sentence
 * @param body asks the server and throws unless it holds
 */
record Check(String name, Body body) {
  /** Asks the server. */
  @FunctionalInterface
  interface Body {
    /**
     * Returns if the sentence holds.
     *
     * @throws ContractViolation if it does not
     * @throws NotApplicable if it cannot
     */
    void run(CheckedModel model) throws IOException, InterruptedException;
  }
}
