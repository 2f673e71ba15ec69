package dev.whit.backend;

/** Why a generation was given up. */
public enum CancelCause {
  /** The API has all the text it needs (a stop string): counts as finished, not as cancelled. */
  STOP_STRING,
  /** The client went away. */
  CLIENT_GONE,
  /** The client did not read its reply fast enough. */
  SLOW_READER,
  /** It was not finished by its deadline. */
  DEADLINE,
  /** Its model is being unloaded. */
  UNLOADED,
  /** The server is shutting down. */
  SHUTDOWN
}
