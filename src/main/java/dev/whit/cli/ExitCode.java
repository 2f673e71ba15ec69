package dev.whit.cli;

/** How the process ends. */
final class ExitCode {
  /** Done. */
  static final int DONE = 0;

  /** Failed, for a reason that is neither the command line nor an input file. */
  static final int FAILED = 1;

  /** The command line, the environment or the configuration file is wrong. */
  static final int USAGE = 2;

  /** A model or another input file cannot be used. */
  static final int BAD_INPUT = 3;

  private ExitCode() {}
}
