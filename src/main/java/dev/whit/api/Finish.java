package dev.whit.api;

/** Why an answer ended. */
public enum Finish {
  /** The model ended it, or a stop text or stop token was met. */
  STOP,
  /** The limit of tokens or the context was reached. */
  LENGTH,
  /** The model ended it, and it has calls of tools. */
  TOOL_CALLS
}
