package dev.whit.rest;

import dev.whit.api.Finish;
import dev.whit.api.TextStream;
import dev.whit.api.Usage;
import java.util.List;
import java.util.OptionalLong;

/**
 * What log and trace tell of the answer to a request.
 *
 * @param model name of the model
 * @param usage its tokens, as far as it came
 * @param firstToken {@link System#nanoTime()} of its first token, if it has one
 * @param finishes why its choices ended, those that did by themselves
 * @param complete whether all did
 */
record AnswerFigures(
    String model, Usage usage, OptionalLong firstToken, List<Finish> finishes, boolean complete) {
  AnswerFigures {
    finishes = List.copyOf(finishes);
  }

  /** An answer that goes no further; on the thread that has read it. */
  static AnswerFigures of(TextStream stream) {
    return new AnswerFigures(
        stream.model(),
        stream.usage(),
        stream.firstTokenNanos(),
        stream.finishes(),
        stream.isFinished());
  }
}
