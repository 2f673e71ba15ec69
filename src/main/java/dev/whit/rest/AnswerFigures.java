package dev.whit.rest;

import dev.whit.api.TextStream;
import dev.whit.api.Usage;
import java.util.OptionalLong;

/**
 * What the log tells of the answer to a request.
 *
 * @param model name of the model
 * @param usage its tokens, as far as it came
 * @param firstToken {@link System#nanoTime()} of its first token, if it has one
 */
record AnswerFigures(String model, Usage usage, OptionalLong firstToken) {
  /** An answer that goes no further; on the thread that has read it. */
  static AnswerFigures of(TextStream stream) {
    return new AnswerFigures(stream.model(), stream.usage(), stream.firstTokenNanos());
  }
}
