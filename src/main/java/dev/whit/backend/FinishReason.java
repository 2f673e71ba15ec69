package dev.whit.backend;

/** Why a generation ended well. */
public enum FinishReason {
  /** The model produced an end-of-sequence or a stop token, or the API met a stop string. */
  STOP,
  /** The token limit or the context was reached. */
  LENGTH
}
