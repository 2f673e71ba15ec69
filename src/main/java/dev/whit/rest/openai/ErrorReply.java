package dev.whit.rest.openai;

import org.jspecify.annotations.Nullable;

/** The body of every reply that is an error. */
public record ErrorReply(Details error) {
  /**
   * What went wrong.
   *
   * @param message for people
   * @param type kind of error
   * @param param field of the request that is wrong
   * @param code for programs
   */
  public record Details(
      String message, String type, @Nullable String param, @Nullable String code) {}
}
