package dev.whit.selfcheck;

/** A server does not keep the contract: the message says where, what was due and what came. */
final class ContractViolation extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ContractViolation(String message) {
    super(message, null, false, false);
  }

  /** A violation unless something holds. */
  static void unless(boolean holds, String message, Object... arguments) {
    if (!holds) {
      throw new ContractViolation(message.formatted(arguments));
    }
  }
}
