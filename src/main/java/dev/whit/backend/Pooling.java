package dev.whit.backend;

/** Which of a prompt's last hidden states make its embedding. */
public enum Pooling {
  /** The mean of all of them. */
  MEAN,
  /** That of the last token, which has seen all others. */
  LAST
}
