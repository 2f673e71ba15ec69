package dev.whit.app;

import dev.whit.checkpoint.CheckpointException;
import dev.whit.config.InvalidSettingException;
import dev.whit.eval.EvalException;
import dev.whit.tokenizer.TokenizerException;

/** How the process ends. */
public final class ExitCode {
  /** Done. */
  public static final int DONE = 0;

  /** Failed, for a reason that is neither the settings nor an input file. */
  public static final int FAILED = 1;

  /** The command line, the environment or the configuration file is wrong. */
  public static final int USAGE = 2;

  /** A model or another input file cannot be used. */
  public static final int BAD_INPUT = 3;

  private ExitCode() {}

  /** The code that stands for a failure. All but {@link #FAILED} have a message for users. */
  public static int of(Throwable failure) {
    return switch (failure) {
      case CheckpointException e -> BAD_INPUT;
      case TokenizerException e -> BAD_INPUT;
      case BadFileException e -> BAD_INPUT;
      case EvalException e -> BAD_INPUT;
      case InvalidSettingException e -> USAGE;
      default -> FAILED;
    };
  }
}
